#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Answers as CSV: the same records as in JSON.
load common

# same_records FILE... COMMANDS: all that JSON says CSV says, and nothing else.
same_records() {
	"$KWALK" -q -j "${@:1:$#-1}" -c "${!#}" >json 2>complaints || [ $? = 1 ]
	"$KWALK" -q --csv "${@:1:$#-1}" -c "${!#}" >csv 2>complaints-csv || [ $? = 1 ]
	diff complaints complaints-csv
	python3 - <<-'END'
	import csv, json
	csv.field_size_limit(1 << 30)
	def cell(value):
	    if isinstance(value, list) and not any(isinstance(item, (dict, list)) for item in value):
	        return "|".join(map(cell, value))
	    if isinstance(value, (list, dict)):
	        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
	    if isinstance(value, bool):
	        return str(value).lower()
	    return str(value)
	wanted = [{k: cell(v) for k, v in json.loads(line).items()} for line in open("json")]
	found, heading, headings = [], None, 0
	for row in csv.reader(open("csv", newline=""), strict=True):
	    if not row or heading is None:
	        heading = row or None
	        headings += bool(row)
	        continue
	    assert len(row) == len(heading), (heading, row)
	    found.append({k: v for k, v in zip(heading, row) if v})
	wanted = [{k: v for k, v in record.items() if v} for record in wanted]
	for one, other in zip(wanted, found):
	    assert one == other, f"{one}\nis not\n{other}"
	assert len(wanted) == len(found) > 0, (len(wanted), len(found))
	END
}

@test "CSV holds the same fields as JSON, for all kinds of commands" {
	vmlinux 64
	dump x86_64-tasks x86_64-areas x86_64-resources
	same_records vmlinux x86_64-tasks 'tasks; vmas -p 1; pagemap -p 1; shared 1 3; vtop -p 1 1123 5000 zz; set 1; rd 1000 4'
	same_records vmlinux x86_64-tasks 'ptov -a -u 1c01000; page -p 1 1123; pt; regions; check; info; help'
	same_records vmlinux x86_64-areas 'areas; region ffffc90000000000 0 zz; sym init_task; frames; zones'
	same_records vmlinux x86_64-resources 'iomem; ioports; iomem 1000; ptov 1000; pte 8000000000001067 0'
}

@test "one heading for each kind of record, and one where fields are new" {
	dump x86_64
	cat >expected <<-'END'
		command,input,status,pfn,physical
		ptob,1,ok,0x1,0x1000
		ptob,2,ok,0x2,0x2000

		command,input,status,physical,pfn
		btop,1000,ok,0x1000,0x1

		command,input,status,pfn,physical,message,error
		ptob,3,ok,0x3,0x3000,,
		ptob,z,error,,,not a hexadecimal number,usage
	END
	"$KWALK" -q --csv -c 'ptob 1; ptob 2; btop 1000; ptob 3 z' x86_64 >answers 2>complaints || [ $? = 1 ]
	diff answers expected
	complains @line 'ptob: z:'
	# A file and a pipe have their own.
	"$KWALK" -q --csv -c 'ptob 1 > new; ptob 2; ptob 1 | cat' x86_64 >answers
	{ sed -n '1p;3p' expected; sed -n 1,2p expected; } | diff answers -
	"$KWALK" -q --csv -c 'ptob 1; ptob 2 > new2; btop 1000; ptob 1 > new' x86_64 | diff - <(sed '3d' expected | sed -n 1,5p)
	diff new <(sed -n 1,2p expected)
}

@test "format: text, JSON, CSV" {
	dump x86_64
	"$KWALK" -q -c 'format; format json; format; format csv; format; ptob 1; format text; ptob 1; format yaml' \
		x86_64 >answers 2>complaints || [ $? = 1 ]
	diff answers - <<-'END'
		FORMAT
		text
		{"command":"format","status":"ok","format":"json"}
		command,status,format
		format,ok,csv

		command,input,status,pfn,physical
		ptob,1,ok,0x1,0x1000
		PFN        PHYSICAL
		1          1000
	END
	complains @line 'format: yaml' 'is not one of text, json and csv'
}

@test "what a spreadsheet takes for a formula, and a long list" {
	dump x86_64
	"$KWALK" -q --csv -c "pte -- '+f(x)' =1 @x -EINVAL; ptob 'a,\"b'" x86_64 >answers 2>complaints || [ $? = 1 ]
	grep -q "^pte,'=1,error" answers
	grep -q "^pte,'+f(x),error" answers
	grep -q "^pte,'@x,error" answers
	grep -q "^pte,'-EINVAL,error" answers
	grep -q '^ptob,"a,""b",error' answers
	# Behind what ends a cell elsewhere, too.
	cat >script <<<"pte 'x;=1;y;+1' 'x;y' 'a;-f(x)'"
	"$KWALK" -q --csv -x script x86_64 >answers 2>complaints || [ $? = 1 ]
	grep -q "^pte,x;'=1;y;'+1,error" answers
	grep -q "^pte,x;y,error" answers
	grep -q "^pte,a;'-f(x),error" answers
	# Signs as wide as ideographs; behind blanks and quotes; what is cleaned begins no cell.
	printf "pte '%s'\n" '＝1' '＋1' '－1' '＠x' 'x;＝1' ' =1' 'x; +1' '"=1' 'x;"@f' $'\t=1' $'\r=1' -1.5 >script
	"$KWALK" -q --csv -x script x86_64 >answers 2>complaints || [ $? = 1 ]
	sed -n 's/^pte,\(.*\),error,.*/\1/p' answers >cells
	diff cells - <<-'END'
		'＝1
		'＋1
		'－1
		'＠x
		x;'＝1
		' =1
		x;' +1
		"'""=1"
		"x;'""@f"
		?=1
		?=1
		-1.5
	END
	same_records x86_64 'rd -8 -p 1c00000 70000; rd -8 -p 1c00000 3'
}
