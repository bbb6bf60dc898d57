/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a report looks. The colours of uses are those of Okabe and Ito, which people with any
 * kind of colour vision tell apart; each also has its name beside it. Nothing here has the
 * characters < and &, so that the page is XML, too. */
#include "html/picture.h"

#define LIGHT \
	"--paper:#fcfcfa;--panel:#f1f2ef;--ink:#1b2127;--soft:#4c5660;--line:#c9ced2;" \
	"--link:#0a4f80;--bad:#9c1209;--warn:#6f4400;--good:#175c33;" \
	"--free:#e3e7ea;--freecpu:#cdd5db;--file:#56b4e9;--anon:#009e73;--ksm:#7cc9ae;" \
	"--hugetlb:#00543d;--movable:#f0e442;--zsmalloc:#b8ad1c;--slab:#e69f00;" \
	"--kmalloc:#b47b00;--vmalloc:#cc79a7;--other:#9b6a4f;--table:#d55e00;" \
	"--kernel:#0072b2;--reserved:#9aa1a8;--offline:#5e666d;--guard:#3f464d;" \
	"--unaccepted:#c5bfd8;--void:#fcfcfa;--hatch:#6b747c;--hatchpaper:#eceef0;"
#define DARK \
	"--paper:#14171a;--panel:#1e2327;--ink:#e7eaec;--soft:#aab3bb;--line:#3c444b;" \
	"--link:#8ccbf7;--bad:#ff9f96;--warn:#f3c46c;--good:#85d8a5;" \
	"--free:#333b42;--freecpu:#46515a;--file:#56b4e9;--anon:#0fae82;--ksm:#7cc9ae;" \
	"--hugetlb:#bfe9d7;--movable:#f0e442;--zsmalloc:#b8ad1c;--slab:#e69f00;" \
	"--kmalloc:#b47b00;--vmalloc:#cc79a7;--other:#a9775b;--table:#ec7420;" \
	"--kernel:#3d94d1;--reserved:#7b838a;--offline:#a7b0b7;--guard:#cfd5da;" \
	"--unaccepted:#8f86ad;--void:#14171a;--hatch:#97a1aa;--hatchpaper:#22282d;"

const char picture_style[] =
	":root{color-scheme:light dark;" LIGHT "}\n"
	"@media (prefers-color-scheme:dark){:root{" DARK "}}\n"
	"@media print{:root{" LIGHT "}}\n"
	"svg text{font-family:system-ui,'Segoe UI',Cantarell,'DejaVu Sans',sans-serif;"
	"font-size:14px;fill:var(--ink)}\n"
	"svg .mono{font-family:ui-monospace,'DejaVu Sans Mono',Consolas,monospace;font-size:12.5px}\n"
	"svg .soft{fill:var(--soft)}svg .right{text-anchor:end}svg .middle{text-anchor:middle}\n"
	"svg .grid{stroke:var(--line);stroke-width:1;fill:none}\n"
	"svg .edge{stroke:var(--ink);stroke-width:1;fill:none}\n"
	"svg .frame{stroke:var(--soft);stroke-width:1;fill:none}\n"
	"svg .zoom{stroke:var(--line);stroke-width:1;fill:none}\n"
	"svg .dash{stroke:var(--soft);stroke-width:1;stroke-dasharray:3 3;fill:none}\n"
	".u-void{fill:var(--void)}.u-free{fill:var(--free)}.u-freecpu{fill:var(--freecpu)}"
	".u-file{fill:var(--file)}.u-anon{fill:var(--anon)}.u-ksm{fill:var(--ksm)}"
	".u-hugetlb{fill:var(--hugetlb)}.u-movable{fill:var(--movable)}.u-zsmalloc{fill:var(--zsmalloc)}"
	".u-slab{fill:var(--slab)}.u-kmalloc{fill:var(--kmalloc)}.u-vmalloc{fill:var(--vmalloc)}"
	".u-other{fill:var(--other)}.u-table{fill:var(--table)}.u-kernel{fill:var(--kernel)}"
	".u-reserved{fill:var(--reserved)}.u-offline{fill:var(--offline)}.u-guard{fill:var(--guard)}"
	".u-unaccepted{fill:var(--unaccepted)}.u-rest{fill:var(--freecpu)}\n"
	".u-unknown{fill:url(#hatch)}.u-unreadable{fill:url(#hatch)}.u-damaged{fill:url(#cross)}"
	".u-partly{fill:url(#sparse)}\n"
	".h-paper{fill:var(--hatchpaper)}.h-line{stroke:var(--hatch);stroke-width:1.4;fill:none}"
	".h-bad{stroke:var(--bad);stroke-width:1.6;fill:none}\n"
	".mark{stroke:var(--bad);stroke-width:1.5;fill:none}\n";

const char page_style[] =
	"html{font:15px/1.45 system-ui,'Segoe UI',Cantarell,'DejaVu Sans',sans-serif;"
	"background:var(--paper);color:var(--ink);-webkit-text-size-adjust:100%}\n"
	"body{margin:0 auto;padding:1.2rem 1.4rem 4rem;max-width:76rem}\n"
	"h1{font-size:1.5rem;line-height:1.25;margin:0 0 .2rem;overflow-wrap:anywhere}\n"
	"h2{font-size:1.2rem;margin:2.4rem 0 .4rem;padding-top:.5rem;border-top:2px solid var(--ink)}\n"
	"h3{font-size:1rem;margin:1.5rem 0 .3rem}p{margin:.35rem 0;max-width:60rem}\n"
	"a{color:var(--link)}a:focus-visible,summary:focus-visible,[tabindex]:focus-visible,"
	"input:focus-visible{outline:2px solid var(--link);outline-offset:2px}\n"
	"code,.mono{font-family:ui-monospace,'DejaVu Sans Mono',Consolas,monospace;font-size:.86em}\n"
	"code{overflow-wrap:anywhere}.soft{color:var(--soft)}\n"
	"nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:.2rem 1.1rem;margin:.9rem 0 0;padding:0}\n"
	".end{font-size:1.08rem;font-weight:600;overflow-wrap:anywhere;margin:.3rem 0 .9rem}\n"
	"dl.facts{display:grid;grid-template-columns:max-content minmax(0,1fr) max-content minmax(0,1fr);"
	"gap:.3rem .9rem;margin:0;padding:.7rem .9rem;background:var(--panel);border-radius:4px}\n"
	"dl.facts dt{color:var(--soft)}dl.facts dd{margin:0;overflow-wrap:anywhere}\n"
	"@media (max-width:60rem){dl.facts{grid-template-columns:max-content minmax(0,1fr)}}\n"
	"@media (max-width:60rem){th,td{padding-right:.6rem !important}}\n"
	".wide{overflow-x:auto;margin:.4rem 0}\n"
	"table{border-collapse:collapse;font-variant-numeric:tabular-nums}\n"
	"caption{text-align:left;color:var(--soft);padding:.1rem 0 .3rem}\n"
	"th,td{text-align:left;vertical-align:top;padding:.16rem 1rem .16rem 0;border-bottom:1px solid var(--line);"
	"font-weight:400}\n"
	"thead th{font-weight:600;border-bottom:1px solid var(--ink);white-space:nowrap}\n"
	"td.n,th.n{text-align:right;white-space:nowrap}td.m,th.m{white-space:nowrap}\n"
	"td.t{overflow-wrap:anywhere;min-width:14rem}tfoot td,tfoot th{border:0;color:var(--soft)}\n"
	".bad{color:var(--bad);font-weight:600}.warn{color:var(--warn);font-weight:600}.good{color:var(--good)}\n"
	"figure{margin:.7rem 0 1.2rem}figcaption{color:var(--soft);max-width:60rem;margin-top:.2rem}\n"
	"svg.picture{display:block;width:100%;height:auto;max-width:72rem}\n"
	"svg.bar{width:11rem;height:.8rem;vertical-align:middle;background:var(--panel)}\n"
	"svg.strip{width:15rem;height:.9rem;vertical-align:middle;border:1px solid var(--line)}\n"
	"svg.swatch{width:1.1rem;height:.8rem;vertical-align:-.05rem;margin-right:.45rem}\n"
	"svg.none{position:absolute;width:0;height:0}\n"
	"ul.legend{list-style:none;padding:0;margin:.5rem 0;display:flex;flex-wrap:wrap;gap:.15rem 1.2rem}\n"
	"details{margin:.2rem 0}summary{cursor:pointer}summary+*{margin-top:.3rem}\n"
	"ol.log{list-style:none;padding:0;margin:.5rem 0}\n"
	"ol.log li{padding:.06rem 0 .06rem 8.4rem;text-indent:-8.4rem;overflow-wrap:anywhere}\n"
	"ol.log .when{display:inline-block;width:8.4rem;text-indent:0;color:var(--soft)}\n"
	"ol.log ul{list-style:none;margin:0 0 .2rem;padding:0 0 0 1rem;text-indent:0;border-left:2px solid var(--line)}\n"
	"ol.log ul li{padding:0;text-indent:0}\n"
	".tools{margin:.5rem 0}.tools input{font:inherit;color:inherit;background:var(--panel);"
	"border:1px solid var(--soft);padding:.2rem .4rem;width:18rem;max-width:90%}\n"
	"footer{margin-top:2.5rem;border-top:1px solid var(--line);padding-top:.5rem;color:var(--soft)}\n"
	"@media print{html{font-size:11px}nav,.tools{display:none}h2,h3{break-after:avoid}"
	"figure,tr,li{break-inside:avoid}svg{print-color-adjust:exact;-webkit-print-color-adjust:exact}"
	".wide{overflow:visible}}\n";

/* A field above each long list, which hides the rows without the words typed in it. */
const char page_script[] =
	"document.querySelectorAll('[data-filter]').forEach(list => {\n"
	"  const rows = list.querySelectorAll(':scope > tbody > tr, :scope > li');\n"
	"  const tools = document.createElement('p'), label = document.createElement('label');\n"
	"  const field = document.createElement('input');\n"
	"  field.type = 'search';\n"
	"  label.append('Only those with: ', field);\n"
	"  tools.className = 'tools';\n"
	"  tools.append(label);\n"
	"  list.closest('.wide, ol').before(tools);\n"
	"  field.addEventListener('input', () => {\n"
	"    const words = field.value.toLowerCase().split(/\\s+/);\n"
	"    rows.forEach(row => {\n"
	"      const text = row.textContent.toLowerCase();\n"
	"      row.hidden = !words.every(word => text.includes(word));\n"
	"    });\n"
	"  });\n"
	"});\n";
