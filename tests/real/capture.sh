# shellcheck shell=dash
# SPDX-License-Identifier: GPL-3.0-or-later
# The work of a capture kernel, as kdump-tools does it: contrib/kdump's hook, then makedumpfile. The
# hook is first run with programs in the place of kwalk that hang, take all memory or die; the last
# copy is cut.
export PATH=/bin:/usr/bin
busybox --install -s /bin

# in_place NAME COMMANDS: a program in the place of kwalk
in_place()
{
	printf '#!/bin/sh\n%s\n' "$2" >"/bin/$1"
	chmod +x "/bin/$1"
}

in_place hangs 'trap "" TERM INT; exec sleep 100000'
in_place spins 'while :; do :; done'
in_place eats 'exec /init eat'
in_place dies 'kill -SEGV $$'
# The largest size in memory, of each run.
in_place measured 'exec time -f "@rss %M KiB, %e s" -a -o /tmp/rss /bin/kwalk "$@"'

for way in hangs spins eats dies; do
	KWALK=$way KWALK_SECONDS=8 kwalk-kdump records /proc/vmcore /mnt/$way
	echo "@$way $?"
done
# Without the bound: the kernel must end the program, and not another one.
KWALK=eats KWALK_SECONDS=600 KWALK_MEMORY=100000 kwalk-kdump records /proc/vmcore /mnt/unbounded
echo "@unbounded $?"
# Level 31 loses pages of the kernel here (makedumpfile 1.7.2, Linux 6.12).
makedumpfile -l -d 1 /proc/vmcore /mnt/whole >/tmp/said 2>&1
echo "@whole $?"
tail -n 2 /tmp/said

mkdir -p /mnt/crash /etc/default
echo KDUMP_COREDIR=/mnt/crash >/etc/default/kdump-tools
awk '/MemTotal|MemAvailable/ { print "@memory", $1, $2 }' /proc/meminfo
# The bound of time is for machines that are not emulated.
KWALK=measured KWALK_SECONDS=600 kwalk-kdump kdump-tools
echo "@records $?"
cat /tmp/rss
folder=/mnt/crash/$(date +%Y%m%d%H%M)
mkdir -p "$folder"
mkfifo /tmp/copy
dd of="$folder/dump-incomplete" bs=64k count=64 </tmp/copy 2>/dev/null && sync && echo "@cut" && sleep 100000 &
exec 3>/tmp/copy
makedumpfile -F -d 0 /proc/vmcore >&3 2>/tmp/said
wait
