// SPDX-License-Identifier: GPL-3.0-or-later
// Draws a report from the data in the page: the output of "report --json", or the data of many dumps that
// kwalk-merge collected. All text from a dump goes through make() and draw(), which never read it as markup.
'use strict';
{
  const it = JSON.parse(document.getElementById('data').textContent);
  const PAGE = 4096;

  // --- elements ---

  // The characters that kwalk replaces: control characters, and those that change the direction of writing.
  const STEERS = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
  const fill = (element, attributes, children) => {
    for (const [name, value] of Object.entries(attributes || {}))
      if (typeof value === 'function') element.addEventListener(name, value);
      else if (value !== undefined && value !== false) element.setAttribute(name, value === true ? '' : value);
    for (const child of children.flat(3))
      if (child !== undefined && child !== null && child !== false && child !== '')
        element.append(child instanceof Node ? child : String(child).replace(STEERS, '?'));
    return element;
  };
  // make(name, { attribute: value, event: function }, child...): each child is text, an element, or a list of these.
  const make = (name, attributes, ...children) => fill(document.createElement(name), attributes, children);
  const draw = (name, attributes, ...children) =>
    fill(document.createElementNS('http://www.w3.org/2000/svg', name), attributes, children);
  const code = text => make('code', {}, text);
  const bad = (...text) => make('p', { class: 'bad' }, text);
  const warn = (...text) => make('p', { class: 'warn' }, text);
  const soft = (...text) => make('p', { class: 'soft' }, text);
  const button = (text, click, attributes) => make('button', { type: 'button', click, ...attributes }, text);

  // --- values ---

  const hex = text => String(text || '').replace(/^0x/, '');
  const toHex = number => number.toString(16);
  const many = (number, one, more) => `${number} ${number === 1 ? one : more || one + 's'}`;
  const baseName = path => String(path).replace(/^.*\/(?=.)/, '');
  const sizeText = bytes => {
    const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'];
    let unit = 0;
    for (bytes = Number(bytes); bytes >= 1023.5 && unit < 6; unit++) bytes /= 1024;
    return `${bytes.toFixed(bytes < 100 && bytes % 1 >= .05 ? 1 : 0).replace(/\.0$/, '')} ${units[unit]}`;
  };
  const capital = words => words.charAt(0).toUpperCase() + words.slice(1);
  // Messages of kwalk contain exact numbers of bytes, which are shown as rounded sizes.
  const readable = message => message.replace(/\b(\d{4,}) bytes\b/g, (all, number) => sizeText(number));
  const bytesOf = (first, last) => Number(BigInt(last) - BigInt(first)) + 1;
  const whyUnknown = part => (it.unknown.find(each => each.part === part) || {}).message;
  const notKnown = why => make('p', {}, make('span', { class: 'warn' }, 'Not known:'), ` ${readable(why)}.`);
  // Commands that the user can type to learn more.
  const quoted = word => /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replace(/'/g, "'\\''")}'`;
  const commandLine = command => ['kwalk', '-c', `'${command}'`, ...[it.vmlinux, it.dump].filter(Boolean).map(quoted)].join(' ').replace(STEERS, '?');
  // commands([command or [command, purpose], ...])
  const commands = list => make('ul', { class: 'commands' }, list.map(each => {
    const [command, purpose] = [each].flat(), text = commandLine(command);
    const copied = async event => {
      try {
        await navigator.clipboard.writeText(text);
        event.target.textContent = 'Copied';
      } catch {
        getSelection().selectAllChildren(event.target.previousSibling);
      }
    };
    return make('li', {}, purpose && make('span', { class: 'purpose' }, purpose), code(text), button('Copy', copied, { 'aria-label': `Copy ${command}` }));
  }));

  // --- sections, tables, and what a search finds ---

  const main = make('main'), nav = make('ul'), found = [];
  let section;
  // folded: a few words about the content of a section that is folded until the user clicks on it.
  const open = (id, title, folded) => {
    const head = make('h2', { id }, title);
    section = folded === undefined ? make('section', { 'aria-labelledby': id }, head) :
      make('details', { class: 'part' }, make('summary', {}, head, ' ', make('span', { class: 'soft' }, folded)));
    main.append(folded === undefined ? section : make('section', { 'aria-labelledby': id }, section));
    nav.append(make('li', {}, make('a', { href: `#${id}` }, title)));
  };
  const put = (...parts) => fill(section, {}, parts);
  const shows = (element, title, holds) => found.push({ element, title, holds });
  const filterOf = (rows, label) => {
    const seen = make('span', { role: 'status', class: 'soft' });
    const filter = event => {
      const words = event.target.value.toLowerCase().split(/\s+/);
      rows.forEach(row => {
        const text = row.textContent.toLowerCase();
        row.hidden = !words.every(word => text.includes(word));
      });
      seen.textContent = event.target.value && ` ${rows.filter(row => !row.hidden).length} of ${rows.length}`;
    };
    return make('p', { class: 'tools' },
      make('label', {}, 'Only those with: ', make('input', { type: 'search', input: filter, 'aria-label': `${label}: only those with` })), seen);
  };

  // If the content is larger than its box, the style shows that there is more at the side or below.
  const clipped = box => {
    box.classList.toggle('clipped', box.scrollWidth - box.clientWidth - box.scrollLeft > 4);
    box.classList.toggle('deeper', box.scrollHeight - box.clientHeight - box.scrollTop > 4);
  };
  const resized = new ResizeObserver(changes => changes.forEach(change => clipped(change.target)));
  const FILTER_FROM = 8, LONG = 24;
  const compare = (a, b) => typeof a === 'string' || typeof b === 'string' ?
    String(a).localeCompare(String(b), 'en', { numeric: true }) : a < b ? -1 : a > b ? 1 : 0;
  const sortBy = (body, rows, heads, at) => {
    const turn = { none: 'ascending', ascending: 'descending', descending: 'none' }[heads[at].getAttribute('aria-sort')];
    heads.forEach((head, i) => head.setAttribute('aria-sort', i === at ? turn : 'none'));
    const order = rows.map((row, i) => ({ row, value: row.values[at], i }));
    if (turn !== 'none')
      order.sort((a, b) => (a.value === undefined) - (b.value === undefined) ||
        (turn === 'ascending' ? 1 : -1) * compare(a.value, b.value) || a.i - b.i);
    body.append(...order.map(each => each.row.element));
  };
  // columns: a list of { name, kind, of: row => value, show: (value, row) => content of the cell }. Kinds: name
  // (the heading of the row), text, word (never wraps), hex, number, size. holds(row): for the search of addresses.
  const table = (caption, columns, rows, holds) => {
    const classes = { text: 't', word: 'm', hex: 'm mono', number: 'n', size: 'n' };
    const all = rows.map(row => {
      const values = columns.map(column => column.of && column.of(row));
      const element = make('tr', {}, columns.map((column, i) => {
        const value = values[i], head = column.head;
        const shown = column.show ? column.show(value, row) : value === undefined ? '' :
          column.kind === 'size' ? sizeText(value) : column.kind === 'hex' ? hex(value) : value;
        return make(head ? 'th' : 'td', { scope: head && 'row', class: classes[column.kind], 'data-name': column.kind === 'number' && column.name }, shown);
      }));
      shows(element, caption, holds && (address => holds(row, address)));
      return { element, values: values.map((value, i) => columns[i].kind === 'hex' && value ? BigInt(value) : value) };
    });
    const body = make('tbody', {}, all.map(row => row.element));
    const heads = columns.map((column, i) => make('th', { scope: 'col', class: column.kind === 'hex' ? 'm' : classes[column.kind], 'aria-sort': column.of && 'none' },
      column.of ? button(column.name, () => sortBy(body, all, heads, i)) : column.name));
    const box = make('div', { class: rows.length > LONG ? 'wide long' : 'wide', role: 'group', tabindex: 0, 'aria-label': caption },
      make('table', { class: columns.some(column => column.kind === 'text') && columns.length < 5 && 'prose' }, make('caption', {}, caption), make('thead', {}, make('tr', {}, heads)), body));
    box.addEventListener('scroll', () => clipped(box));
    resized.observe(box);
    return rows.length > FILTER_FROM ? [filterOf(all.map(row => row.element), caption), box] : box;
  };
  const within = (first, last) => (row, address) =>
    row[first] && row[last] && BigInt(row[first]) <= address && address <= BigInt(row[last]);
  const details = (summary, ...parts) => make('details', {}, make('summary', {}, summary), parts);
  const leftOut = number => number > 0 && soft(`${number} more are left out.`);
  const damageOf = list => [list || []].flat().map(text => bad('Damaged: ', text));

  // --- what ended it, and the summary ---

  const panic = it.panic || {};
  const seconds = time => time < 1 ? `${Math.round(1000 * time)} ms` : `${Number(time.toFixed(1))} s`;
  const lasted = time => time < 120 ? seconds(time) : time < 7200 ? many(Math.round(time / 60), 'minute') :
    time < 172800 ? many(Math.round(time / 3600), 'hour') : many(Math.round(time / 86400), 'day');

  // The report that began the trouble, as kwalk reads it, and its lines in the log.
  const cause = it.cause || [], first = it.first_report || {}, calls = first.calls || [];
  const named = call => [call.symbol, call.module].filter(Boolean).join(' of ');
  // The folder of a build says nothing here; the table of calls has the whole path.
  const sourceOf = call => call && call.file && code(`${call.file.startsWith('/') ? baseName(call.file) : call.file}:${call.line}`);
  const whereText = () => {
    const at = calls.findIndex(each => each.symbol === first.symbol), [place, caller] = at < 0 ? [] : calls.slice(at).filter(each => each.sure).map(sourceOf);
    return place && make('p', { class: 'where' }, 'At ', place, caller && [', next in the trace ', caller]);
  };

  const headline = () => {
    if (!it.panic) return 'How the kernel ended is not known';
    if (panic.status === 'no-panic') return `The kernel was running when it was dumped${it.blocked ? `, and ${it.blocked.tasks} tasks were blocked` : ''}`;
    if (panic.status !== 'ok') return 'Whether the kernel panicked is not known';
    if (cause.length) return (first.verdict || [cause[0].text])[0];
    if (it.scrubbed) return 'The kernel crashed; this dump was scrubbed and does not say why';
    if (whyUnknown('log')) return 'The kernel crashed; its log, which may say why, could not be read';
    return 'The kernel crashed; its log does not say why';
  };
  // The reports in the log, in the order of the log, and the end of the kernel.
  const MOST_STEPS = 5;
  const steps = () => {
    const list = (panic.reports || []).map(each => ({ ...each, first: cause.length > 0 && each.text === cause[0].text.split('\n')[0] }));
    const began = list.some(each => each.first);
    if (panic.status === 'ok' && cause.length && panic.message !== panic.report)
      list.push({ text: `panic: ${panic.message}`, time: began ? undefined : cause[0].time, first: !began });
    if (!list.length || (list.length < 2 && panic.status === 'ok')) return undefined;
    const ago = each => each.time === undefined || it.uptime === undefined ? '' :
      it.uptime - each.time < .0005 ? 'at the end' : `${lasted(it.uptime - each.time)} before the end`;
    const shown = each => make('li', { class: each.first && 'first' },
      make('span', { class: 'when mono' }, each.time === undefined ? '' : each.time.toFixed(6)), make('span', { class: 'ago' }, ago(each)),
      make('div', {}, code(each.text), each.memory_cgroup && ` limit of memory cgroup ${each.memory_cgroup}`, each.count > 1 && ` (${each.count} times)`, each.first && list.length > 1 && make('strong', {}, ' \u00b7 the first serious report')));
    // Of many reports, shows the first ones, the cause and the last one.
    const few = list.length <= MOST_STEPS ? list : list.filter((each, i) => i < MOST_STEPS - 2 || each.first || i === list.length - 1);
    const rest = list.length - few.length;
    return [make('ol', { class: 'steps' }, few.map(shown)),
      rest > 0 && details(`${many(rest, 'more report')} in between`, make('ol', { class: 'steps' }, list.filter(each => !few.includes(each)).map(shown))),
      panic.more_reports > 0 && soft(`${many(panic.more_reports, 'further kind')} of reports.`)];
  };
  // The commands to type next, the most useful first.
  const MOST_NEXT = 4;
  const nextOf = () => {
    const address = first.fault_address, task = first.comm ? first : panic;
    const error = it.findings.find(each => each.status === 'error' && !/\b[A-Z]{3,}\b/.test(each.more));
    return [
      address && BigInt(address) >= PAGE && [`vtop ${hex(address)}`, 'What the address is, and what maps it'],
      first.symbol && [`sym ${first.symbol}`, 'The function and its source line'],
      it.log && !it.scrubbed && ['log -a', 'The log, with its addresses explained'],
      task.pid > 0 && it.tasks && [`tasks ${task.pid}`, `The task that ${panic.status === 'ok' ? 'crashed' : 'reported trouble'}`],
      error && [error.more, `The error in ${error.check}`],
      (!it.log || !it.panic) && ['info -v', 'All facts, and their sources'],
      it.blocked?.groups.length && [`bt ${it.blocked.groups[0].pid}`, 'The calls of a task that waits, and for what'],
      panic.status !== 'ok' && it.tasks && ['tasks', 'All processes, and their states'],
      (!it.log || !it.tasks) && ['check', 'All data that is missing or damaged'],
    ].filter(Boolean).slice(0, MOST_NEXT);
  };
  const utc = time => `${new Date(1000 * time).toISOString().replace('T', ' ').slice(0, 19)} UTC`;
  // Who waits, since when, for what, and for whom.
  const blockedText = each => [make('strong', {}, `${many(each.tasks, 'task')} blocked`, each.time !== undefined && ` for ${lasted(each.time)}`), each.kind && ` on ${waitText(each)}`,
    each.tasks > 1 ? '; the longest: ' : ': ', code(`${each.pid} ${each.comm}`), each.function && [each.sure === false ? ', perhaps in ' : ', in ', code(each.function)]];
  const hero = () => {
    const [word, look] = { ok: ['Crash', 'panic'], 'no-panic': ['Running', 'calm'] }[panic.status] || ['Unknown end', 'unsure'];
    const list = [
      panic.cpu !== undefined && ['CPU', panic.cpu],
      panic.comm && ['Task', `${panic.comm}, pid ${panic.pid}`],
      it.uptime !== undefined && ['Ran for', lasted(it.uptime)],
      it.signature && ['Signature', it.signature],
    ].filter(Boolean);
    const time = panic.crash_time || panic.dump_time, told = steps(), next = nextOf();
    const where = [baseName(it.dump), it.release && `Linux ${it.release}`, it.nodename && `host ${it.nodename}`, time && utc(time), it.load && `load ${it.load.join(' ')}`];
    return make('div', { class: `hero ${look}` },
      make('p', { class: 'eyebrow' }, make('span', { class: 'pill' }, word), ` ${where.filter(Boolean).join(', ')}`),
      make('h1', {}, headline()), first.verdict && make('p', { class: 'where' }, first.verdict.slice(1).join(' ')), whereText(),
      !told && cause.length > 0 && !headline().includes(cause[0].text) && make('p', { class: 'message' }, code(cause[0].text)),
      it.scrubbed && make('p', {}, 'Names are pseudonyms, and texts are left out. The whole dump has them: ', code('panic'), ' and ', make('code', { class: 'whole' }, 'log -a'), ' show, for that dump, what ended the kernel.'),
      it.trouble && bad(capital(readable(it.trouble)), '. What lay there is not known.'),
      it.blocked && make('ul', { class: 'blocked' }, it.blocked.groups.map(each => make('li', {}, blockedText(each)))),
      told && panic.status !== 'ok' && make('p', {}, 'Its log has reports of trouble:'), told,
      next.length > 0 && make('h2', { id: 'next' }, 'What to type next'), next.length > 0 && commands(next),
      make('dl', { class: 'meta' }, list.map(([name, value]) => make('div', {}, make('dt', {}, name), make('dd', {}, value)))));
  };

  const LEVELS = { error: 'bad', warning: 'warn', 'not-checked': 'warn' };
  const counted = () => {
    const number = status => it.findings.filter(each => each.status === status && each.check !== 'summary').length;
    const parts = [['error', 'error'], ['warning', 'warning'], ['not-checked', 'not checked', 'not checked']].filter(([status]) => number(status));
    return [parts.map(([status, one, more]) => [make('a', { class: LEVELS[status], href: '#findings' }, many(number(status), one, more)), ', ']),
      `${many(number('ok'), 'check')} found nothing`];
  };
  const differs = fact => fact.sources.some(each => each.verdict === 'differs');
  const sureness = () => {
    const doubtful = it.facts.filter(fact => fact.doubt).length, denied = it.facts.filter(differs).length;
    return [many(it.facts.length, 'fact'),
      doubtful > 0 && [', ', make('a', { class: 'warn', href: '#facts' }, `${doubtful} doubtful`)],
      denied > 0 && [', ', make('a', { class: 'bad', href: '#facts' }, `${denied} contradicted`)],
      !doubtful && !denied && ', none doubtful or contradicted',
      it.unknown.length > 0 && ['; ', make('a', { class: 'warn', href: '#unknown' }, `${many(it.unknown.length, 'part')} not known`)]];
  };
  const framesOf = use => it.shades.filter(shade => !use || shade.use === use).reduce((sum, shade) => sum + shade.frames, 0);
  // If the use of only a few frames is known, the totals do not describe the memory.
  const usesKnown = () => it.shades && !whyUnknown('frames') && framesOf('unknown') + framesOf('unreadable') < framesOf() / 2;
  const memoryText = () => {
    const zones = (it.zones || []).reduce((sum, zone) => sum + (zone.present || 0), 0);
    const present = zones || framesOf() - framesOf('hole'), holes = framesOf() - present;
    return [zones || framesOf('hole') ? sizeText(present * PAGE) : `struct pages for ${sizeText(present * PAGE)}`,
      usesKnown() ? `, ${sizeText((framesOf('free') + framesOf('free-percpu')) * PAGE)} free` : '; what is free is not known',
      holes > present / 100 && `; ${sizeText(holes * PAGE)} more have struct pages and no memory`];
  };
  const IN_DUMP = { present: 'in it', zero: 'of zeros', filtered: 'left out', truncated: 'cut off', damaged: 'damaged' };
  const summary = () => {
    const fact = name => (it.facts.find(each => each.fact === name) || {}).value;
    const taints = (it.modules || []).filter(each => each.taints).map(each => `${each.module} (${each.taints})`);
    const list = [
      panic.taints && ['Tainted', [panic.taints, it.taint_words?.length > 0 && `: ${it.taint_words.join('; ')}`, taints.length > 0 && `. By: ${taints.join(', ')}`]],
      it.command_line && ['Command line', code(it.command_line)],
      it.modules && ['Modules', it.modules.length ? details(`${it.modules.length} loaded`, it.modules.map(each => each.module).join(' ')) : 'none'],
      ['Findings', counted()],
      ['How sure', sureness()],
      ['Kernel', [it.release || 'release not known', fact('arch') && `, ${fact('arch')}`, fact('levels') && `, ${fact('levels')} levels`]],
      ['vmlinux', it.vmlinux ? `${baseName(it.vmlinux)}, which ${it.vmlinux_match.replace(/^not /, 'was not ').replace(/^same /, 'has the same ')}` : 'none'],
      ['Dump', [it.dump, `, ${it.format}: `,
        Object.entries(it.pages).map(([state, pages]) => `${sizeText(pages * PAGE)} ${IN_DUMP[state] || state}`).join(', ')]],
      it.shades && !whyUnknown('frames') && ['Memory', memoryText()],
      it.tasks && ['Processes', `${it.tasks.processes}, and ${many(it.tasks.kernel_threads, 'task')} of the kernel`],
      it.diff && ['Compared with', make('a', { href: '#changes' }, it.diff.dumps[0].other.dump)],
    ].filter(Boolean);
    return make('dl', { class: 'summary' }, list.map(([name, value]) => make('div', {}, make('dt', {}, name), make('dd', {}, value))));
  };

  // A line of the log, with the meaning of its addresses.
  const logLine = (line, title) => {
    const look = line.level < 4 && 'serious';
    const element = make('li', {}, make('span', { class: 'when mono' }, line.time === undefined ? '' : line.time.toFixed(6)),
      make('div', {}, make('code', { class: look }, line.text), line.cut && ' (cut)',
        line.addresses && make('ul', {}, line.addresses.map(each => make('li', { class: 'soft' }, code(each.input), ': ', each.text)))));
    shows(element, title);
    return element;
  };
  // The stack is exact, what the log shows may be left from earlier calls.
  const showCalls = stack => {
    const waiting = (it.blocked_traces || []).filter(each => each.trace.length);
    if (stack.length) put(make('h3', {}, `The stack of CPU ${panic.cpu}`), framesTable('Functions on the stack of the CPU that crashed, the innermost first', stack));
    waiting.forEach((each, i) => {
      const title = `The stack of ${each.pid} ${each.comm}, which is blocked`, shown = framesTable(`Functions on the stack of ${each.pid} ${each.comm}, the innermost first`, each.trace);
      put(i || stack.length ? details(title, shown) : [make('h3', {}, title), shown]);
    });
    if (!calls.length) return;
    const title = 'Where it happened, and the calling functions', log = [table('Calls, the innermost first', [
      { name: '#', kind: 'number', of: call => calls.indexOf(call) },
      { name: 'Function', kind: 'word', head: true, of: named, show: (value, call) => [code(value), !call.sure && make('span', { class: 'soft' }, ' perhaps')] },
      { name: 'What the dump shows about it', kind: 'text', of: call => call.text || '' },
    ], calls), calls.some(call => !call.sure) && soft('"perhaps": the address was on the stack, and may be left of an earlier call.')];
    put(stack.length || waiting.length ? details(`${title}, as the kernel logged them`, log) : [make('h3', {}, title), log]);
  };
  const showRegisters = () => {
    const logged = (first.registers || []).map(each => [each.register, each.value, each.text]), texts = it.register_texts || it.register_symbols || {};
    const list = logged.length > 7 ? logged : Object.entries(panic.registers || {}).map(([name, value]) => [name, value, texts[name]]);
    const columns = [
      { name: 'Register', kind: 'word', head: true, of: row => row[0] },
      { name: 'Value', kind: 'hex', of: row => row[1] },
      { name: 'What that is', kind: 'text', of: row => row[2] },
    ];
    const same = (row, address) => BigInt(row[1]) === address, told = list.filter(row => row[2]);
    if (!list.length) return;
    put(make('h3', {}, 'Registers'), told.length > 0 && table(list === logged ? 'Registers of the report that point to a known place' : 'Registers of the CPU that crashed, if they point to a known place', columns, told, same),
      details(`All ${many(list.length, 'register')}`, table('All registers', columns, list, same)));
  };
  const framesTable = (caption, frames) => table(caption, [
    ...new Set(frames.map(frame => frame.cpu)).size > 1 ? [{ name: 'CPU', kind: 'number', of: frame => frame.cpu, show: value => value === undefined ? '?' : value }] : [],
    { name: '#', kind: 'number', head: true, of: frame => frame.frame },
    { name: 'Address', kind: 'hex', of: frame => frame.address },
    { name: 'Stack', kind: 'word', of: frame => frame.stack },
    { name: 'Function', kind: 'text', of: frame => frame.symbol || '', show: (value, frame) => [code(value), frame.inlined && ' inlined', frame.interrupted && ' interrupted', !frame.sure && make('span', { class: 'soft' }, ' perhaps')] },
    { name: 'Source', kind: 'text', of: frame => frame.file ? `${frame.file}:${frame.line || '?'}` : '' },
  ], frames);
  const showEnd = () => {
    open('end', panic.status === 'no-panic' ? 'What it was doing' : 'What ended it');
    if (!it.panic) put(notKnown(whyUnknown('panic')));
    (it.panic_unknown || []).forEach(why => put(make('p', {}, make('span', { class: 'warn' }, 'Not known:'), why === whyUnknown('log') ? ' the log: ' : ' what each CPU ran: ', readable(why), '.')));
    const frames = panic.trace || [], stack = frames.filter(frame => frame.cpu !== undefined && frame.cpu === panic.cpu);
    showCalls(stack);
    showRegisters();
    const ran = (panic.cpus || []).filter(cpu => cpu.comm || cpu.symbol || BigInt(cpu.ip || 0));
    if (ran.length)
      put(make('h3', {}, 'Processors'), table('What each CPU ran', [
        { name: 'CPU', kind: 'number', head: true, of: cpu => cpu.cpu, show: value => value === undefined ? '?' : value },
        ...ran.some(cpu => cpu.comm) ? [{ name: 'PID', kind: 'number', of: cpu => cpu.pid }, { name: 'Task', kind: 'word', of: cpu => cpu.comm }] : [],
        ...ran.some(cpu => cpu.ip) ? [{ name: 'Instruction', kind: 'hex', of: cpu => cpu.ip }, { name: 'Where', kind: 'text', of: cpu => cpu.symbol || cpu.region }] : [],
      ], ran));
    const others = frames.filter(frame => !stack.includes(frame));
    if (others.length)
      put(details(`The functions on the stacks of ${stack.length ? 'the other' : 'all'} CPUs: ${many(others.length, 'frame')}`, framesTable('Functions on the stacks, by CPU, the innermost first', others)));
    if (cause.length > 1)
      put(details(`The report as the kernel logged it: ${many(cause.length, 'line')}`, make('ol', { class: 'log' }, cause.map(line => logLine(line, 'The report')))));
  };

  // --- findings, facts, log ---

  const ORDER = ['ok', 'not-checked', 'warning', 'error'];
  const pidIn = each => (/\bpid (\d+)/.exec([each.message, ...each.places || []].join(' ')) || [])[1];
  const FEW = 4;
  const showFindings = () => {
    const columns = [
      { name: 'Check', kind: 'word', head: true, of: each => each.check },
      { name: 'Status', kind: 'word', of: each => each.status, show: value => make('span', { class: LEVELS[value] || 'good' }, value) },
      { name: 'Message', kind: 'text', of: each => each.message, show: (value, each) => [readable(value),
        each.places && details('Places', make('ul', {}, each.places.map(place => make('li', {}, code(place)))))] },
      { name: 'To see more', kind: 'word', show: (value, each) => code(each.more.replace(/\bPID\b/, word => pidIn(each) || word)) },
    ];
    const list = it.findings.filter(each => each.check !== 'summary').sort((a, b) => ORDER.indexOf(b.status) - ORDER.indexOf(a.status));
    const sum = it.findings.find(each => each.check === 'summary'), fine = list.filter(each => each.status === 'ok');
    const missed = list.filter(each => each.status === 'not-checked'), fold = missed.length > FEW;
    const found = list.filter(each => each.status !== 'ok' && !(fold && missed.includes(each)));
    open('findings', 'Findings');
    put(found.length || missed.length ? [make('p', {}, 'An error is damage, or facts that contradict each other. A warning is a weakness. A check is not-checked if it could not look at all of its data.'),
      found.length > 0 && table('What the checks found', columns, found),
      fold && details(`${many(missed.length, 'check')} could not look at all data`, table('Checks that could not look at all data', columns, missed))] : make('p', {}, 'The checks found no damage, contradiction or weakness.'));
    put(fine.length > 0 && details(`${many(fine.length, 'check')} found nothing wrong`, table('Checks that found nothing wrong', columns, fine)), sum && soft(capital(readable(sum.message)), '.'));
  };
  const showFacts = () => {
    open('facts', 'Facts', [many(it.facts.length, 'fact'), it.facts.some(fact => fact.doubt) && ', some doubtful', it.facts.some(differs) && ', some contradicted']);
    put(make('p', {}, 'The numbers that all answers depend on. For each number: the source that was used, and the other sources of the same number.'));
    put(table('Facts and their sources', [
      { name: 'Fact', kind: 'word', head: true, of: fact => fact.fact },
      { name: 'Value', kind: 'word', of: fact => fact.value, show: code },
      { name: 'Source', kind: 'text', of: fact => fact.source, show: (value, fact) => [value,
        fact.doubt && make('div', { class: 'warn' }, 'doubtful: ', fact.doubt),
        fact.sources.filter(each => each.verdict !== 'taken').map(each => make('div', {},
          make('span', { class: each.verdict === 'differs' ? 'bad' : 'soft' }, each.verdict), `: ${each.source} (${each.value})`))] },
    ], it.facts));
  };
  const showUnknown = () => {
    if (!it.unknown.length) return;
    open('unknown', 'Not known', many(it.unknown.length, 'part'));
    put(table('Parts that are not known', [
      { name: 'Part', kind: 'word', head: true, of: each => PART_NAMES[each.part] || each.part },
      { name: 'Why', kind: 'text', of: each => readable(each.message) },
    ], it.unknown));
  };
  const PART_NAMES = { panic: 'what ended it', regions: 'address space', 'page-table': 'page table', memory: 'physical memory', frames: 'uses of frames',
    aliases: 'protected memory', tasks: 'processes', slabs: 'slab caches', areas: 'vmalloc', log: 'the log' };
  const showLog = () => {
    const lines = it.log ? it.log.list.map(line => logLine(line, 'The end of the log')) : [];
    open('log', 'The end of the log', it.log ? `${lines.length} of ${many(it.log.records, 'record')}` : 'not known');
    if (!it.log) return put(notKnown(whyUnknown('log')));
    return put(make('p', {}, it.scrubbed ? 'The texts were scrubbed.' : 'The addresses of a line are explained below the line. Times are seconds since the boot.'),
      damageOf(it.log.damage), lines.length > 0 && [filterOf(lines, 'Log'), make('ol', { class: 'log' }, lines)]);
  };

  // --- pictures ---

  let pictures = 0;
  // An SVG image, with a title and a description for users who cannot see it.
  const picture = (width, height, title, description, ...parts) => {
    const id = `picture-${++pictures}`;
    return draw('svg', { class: 'picture', viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-labelledby': `${id}-t ${id}-d` },
      draw('title', { id: `${id}-t` }, title), draw('desc', { id: `${id}-d` }, description), parts);
  };
  const text = (x, y, look, ...content) => draw('text', { x: x.toFixed(1), y: y.toFixed(1), class: look }, content);
  const rect = (look, x, y, width, height, title) =>
    draw('rect', { class: look, x: x.toFixed(2), y: y.toFixed(2), width: Math.max(0, width).toFixed(2), height: height.toFixed(2) }, title && draw('title', {}, title));

  // Hatched: unknown. Crossed: damaged. Thinly hatched: partly in the dump. Slab caches also have lines.
  const SLAB_LINES = ['M0 3l3 -3', 'M0 1.5h3', 'M1.5 0v3', 'M0 0l3 3', 'M1 1.5h1', 'M0 1.5h3M1.5 0v3'];
  const pattern = (id, size, paper, look, d) => draw('pattern', { id, width: size, height: size, patternUnits: 'userSpaceOnUse' },
    draw('rect', { class: paper, width: size, height: size }), draw('path', { class: look, d }));
  const patterns = draw('svg', { class: 'none', 'aria-hidden': 'true' }, draw('defs', {},
    pattern('hatch', 6, 'h-paper', 'h-line', 'M-1 1l2 -2M0 6l6 -6M5 7l2 -2'),
    pattern('sparse', 10, 'u-reserved', 'h-line', 'M0 10l10 -10'),
    pattern('cross', 6, 'h-paper', 'h-bad', 'M0 0l6 6M0 6l6 -6'),
    SLAB_LINES.map((lines, i) => pattern(`slab${i + 1}`, 3, `s${i + 1}`, 's-line', lines))));

  // A picture that is saved as a file contains its styles, and leaves out the parts that only the page shows.
  const STYLES = ['fill', 'stroke', 'stroke-width', 'stroke-dasharray', 'font-size', 'font-family', 'text-anchor'];
  const withStyles = original => {
    const copy = original.cloneNode(true), copies = copy.querySelectorAll('*');
    original.querySelectorAll('*').forEach((element, i) => {
      const style = getComputedStyle(element);
      STYLES.forEach(name => copies[i].setAttribute(name, style.getPropertyValue(name)));
      copies[i].removeAttribute('class');
    });
    copy.querySelectorAll('[data-cursor]').forEach(element => element.remove());
    return copy;
  };
  const save = (svg, name) => {
    const copy = withStyles(svg), { width, height } = svg.viewBox.baseVal;
    copy.removeAttribute('style');
    copy.setAttribute('width', width);
    copy.setAttribute('height', height);
    copy.querySelector('desc').after(withStyles(patterns).firstChild,
      draw('rect', { width, height, fill: getComputedStyle(document.body).backgroundColor }));
    const url = URL.createObjectURL(new Blob([new XMLSerializer().serializeToString(copy)], { type: 'image/svg+xml' }));
    make('a', { href: url, download: `${baseName(it.dump)}-${name}.svg` }).click();
    setTimeout(() => URL.revokeObjectURL(url), 60000);
  };
  // A figure whose picture is drawn again when its width changes. drawn(width) returns the picture.
  const figure = (name, drawn, caption, panel, tools, box) => {
    const frame = box || make('div');
    let width;
    const again = () => {
      const now = Math.round(frame.parentNode.clientWidth);
      if (!now || now === width) return;
      width = now;
      frame.replaceChildren(drawn(width));
    };
    const element = make('figure', {}, make('div', { class: 'tools' }, tools,
      button('Save as SVG', () => save(frame.querySelector('svg'), name), { 'aria-label': `Save as SVG: ${name}` })),
    frame, panel, make('figcaption', {}, caption));
    new ResizeObserver(again).observe(element);
    return element;
  };
  const NARROW = 640;

  // --- the address space ---

  const HOLES = ['hole', 'guard-hole', 'non-canonical'];
  const isHole = region => HOLES.includes(region.region);
  const regionClass = region => ({
    'direct-map': 'u-file', vmalloc: 'u-vmalloc', vmemmap: 'u-anon', 'kernel-image': 'u-kernel', modules: 'u-slab',
    kmap: 'u-movable', fixmap: 'u-movable', vsyscall: 'u-movable', 'cpu-entry-area': 'u-table', espfix: 'u-table',
    'ldt-remap': 'u-table', 'efi-runtime': 'u-other', 'kasan-shadow': 'u-other', 'pci-io': 'u-other',
    'bpf-jit': 'u-slab', user: 'u-ksm', unknown: 'u-unknown',
  }[region.region] || 'u-free');
  const regionName = region => region.region === 'unknown' ? 'not known' : region.region;
  const amountOf = region => {
    const parts = [sizeText(region.size || bytesOf(region.start, region.end))];
    if (region.mapped) parts.push(`${sizeText(region.mapped)} mapped`);
    else if (region.mapped === undefined) parts.push(region.region === 'user' ? 'mapped by process' : !isHole(region) && 'mapped: unknown');
    else if (!isHole(region) && !region.unreadable) parts.push('nothing mapped');
    if (region.unreadable) parts.push(`unknown of ${sizeText(region.unreadable)}`);
    if (region.corrupt) parts.push(`damaged ${sizeText(region.corrupt)}`);
    return parts.filter(Boolean).join(', ');
  };
  const lookAt = (name, range, ...lines) => make('div', { class: 'look' },
    button('Close', event => event.target.closest('.panel').replaceChildren()), make('p', {}, make('strong', {}, name), ' ', code(range)), lines);
  const moreOfRegion = region => region.mapped ? `pt ${hex(region.first_mapped)} ${hex(region.last_mapped)}` : `region ${hex(region.start)}`;
  const lookAtRegion = region => lookAt(regionName(region), `${hex(region.start)} to ${hex(region.end)}`,
    make('p', {}, amountOf(region)), commands([`region ${hex(region.start)}`, ...region.mapped ? [`pt ${hex(region.first_mapped)} ${hex(region.last_mapped)}`] : []]));

  const drawSpace = (width, choose) => {
    const narrow = width < NARROW, row = narrow ? 40 : 24, top = narrow ? 4 : 22;
    const left = Math.max(width * .28, 245), bar = narrow ? [0, width] : [left, left + (width - left) * .55], smallest = 12;
    const thin = 9, rows = [];
    it.regions.reduce((y, region) => (rows.push(y), y + (isHole(region) ? thin : row)), top);
    const bits = it.regions.length && BigInt(it.regions[it.regions.length - 1].end) >> 32n ? 64 : 32;
    const wide = bytes => (bar[1] - bar[0]) * Math.max(.25, Math.log2(Math.max(1, bytes)) - smallest) / (bits - smallest);
    const parts = [], height = it.regions.reduce((y, region) => y + (isHole(region) ? thin : row), top) + 4;
    for (let bit = smallest; !narrow && bit <= bits; bit += bits > 32 ? 13 : 10) {
      const x = bar[0] + (bar[1] - bar[0]) * (bit - smallest) / (bits - smallest);
      parts.push(draw('path', { class: 'grid', d: `M${x.toFixed(1)} ${top - 4}V${height}` }),
        text(x, 12, `small soft ${bit === smallest ? '' : 'middle'}`, sizeText(2 ** bit)));
    }
    it.regions.forEach((region, i) => {
      const y = rows[i], at = narrow ? y + 19 : y + 4, empty = isHole(region), name = regionName(region);
      const known = region.mapped !== undefined, all = bytesOf(region.start, region.end);
      parts.push(draw('g', { class: 'choice', click: () => choose(region) }, draw('title', {}, `${name}, ${hex(region.start)} to ${hex(region.end)}`),
        rect('u-void', 0, y, width, empty ? thin : row),
        empty ? draw('path', { class: 'dash', d: `M${bar[0]} ${y + thin / 2}h${wide(all).toFixed(1)}` }) : [narrow ? text(0, y + 13, '', name) : [
          text(0, y + 15, 'mono soft', hex(region.start).padStart(bits > 32 ? 16 : 8, '0')),
          text(bar[0] - 10, y + 15, 'right', name)],
        narrow ? text(width, y + 13, 'small soft right', amountOf(region)) : text(bar[1] + 12, y + 15, 'small soft', amountOf(region)),
        !known && region.region !== 'user' && rect('u-unknown', bar[0], at, wide(all), 13),
        region.mapped > 0 && rect(regionClass(region), bar[0], at, wide(region.mapped), 13),
        region.unreadable > 0 && rect('u-unreadable', bar[0], at + 9, wide(region.unreadable), 5),
        region.corrupt > 0 && rect('u-damaged', bar[0], at + 9, wide(region.corrupt), 5),
        rect('frame', bar[0] + .5, at, wide(all) - 1, 13)]));
    });
    return picture(width, height, 'The regions of the address space, and what is mapped in each',
      'A row for each region in the order of addresses. The outline is its size, the filled part what the kernel\'s page table maps in it, both on a logarithmic scale; broken lines are holes. Hatched parts are not known, because their tables are not in the dump. The table of regions has all numbers.', parts);
  };

  const drawLinear = (width, choose) => {
    const last = BigInt(it.regions[it.regions.length - 1].end), high = 30, step = 100, parts = [];
    const first = it.regions.find(region => !['user', 'non-canonical'].includes(region.region));
    const image = it.regions.find(region => region.region === 'kernel-image');
    const bars = [0n, ...[first, image].filter(Boolean).map(region => BigInt(region.start))].filter((start, i) => !i || start);
    const place = (start, address) => width * Number((address - start) * 1000000n / (last - start + 1n)) / 1000000;
    bars.forEach((start, i) => {
      const y = 18 + step * i;
      if (i) {
        const left = place(bars[i - 1], start);
        parts.push(draw('path', { class: 'grid', d: `M${left.toFixed(1)} ${y - step + high}v22L.5 ${y - 16}M${width - .5} ${y - step + high}V${y - 16}` }));
      }
      parts.push(text(0, y - 5, 'small mono soft', toHex(start)), text(width, y - 5, 'small mono soft right', toHex(last)));
      it.regions.forEach(region => {
        const from = BigInt(region.start) > start ? BigInt(region.start) : start, to = BigInt(region.end);
        if (to < start) return;
        const x = place(start, from), wide = place(start, to + 1n) - x;
        parts.push(draw('g', { class: 'choice', click: () => choose(region) },
          rect(regionClass(region), x, y, Math.max(1, wide), high, `${regionName(region)}, ${hex(region.start)} to ${hex(region.end)}`),
          wide > 8 * regionName(region).length + 8 && text(x + wide / 2, y + high + 15, 'small middle', regionName(region))));
      });
      parts.push(rect('frame', .5, y, width - 1, high));
    });
    return picture(width, 18 + step * bars.length - 48, 'The address space, to scale',
      'Bars of the whole address space, of the kernel\'s part, and on 64-bit kernels of its top, where the image and modules lie. Widths are in proportion to sizes; regions too narrow to be seen are a line. The table of regions has all numbers.', parts);
  };

  const showOpen = () => {
    put(make('h3', {}, 'Writable and executable'));
    if (!it.write_execute) return put(make('p', {}, 'This paging mode cannot forbid execution: all writable pages are executable.'));
    const { ranges, size, list } = it.write_execute;
    if (!ranges) return put(make('p', {}, it.tables_whole ? 'No page of the kernel\'s half is both writable and executable.' : 'In the tables that could be read, no page is both writable and executable.'));
    return put(make('p', {}, `${many(ranges, 'range')}, ${sizeText(size)} in all.`), table('Ranges that are writable and executable', [
      { name: 'Start', kind: 'hex', head: true, of: each => each.start },
      { name: 'End', kind: 'hex', of: each => each.end },
      { name: 'Size', kind: 'size', of: each => bytesOf(each.start, each.end) },
      { name: 'Region', kind: 'word', of: each => each.region },
    ], list, within('start', 'end')), leftOut(ranges - list.length));
  };
  const regionAt = where => it.regions.find(region => BigInt(region.start) <= BigInt(where) && BigInt(where) <= BigInt(region.end)) || {};
  const showAliases = () => {
    put(make('h3', {}, 'Read-only here, writable there'));
    if (!it.aliases) return put(notKnown(whyUnknown('aliases')));
    const { ranges, list } = it.aliases;
    if (!it.aliases.all_compared) put(warn('Not all protected frames were compared.'));
    if (!ranges) return put(make('p', {}, 'No frame that is read-only or code in the image, modules or vmalloc can be written at another address of the kernel.'));
    const holds = (row, address) => ['physical', 'protected', 'writable'].some(name =>
      BigInt(row[name]) <= address && address < BigInt(row[name]) + BigInt(row.size));
    const shown = rows => table('Frames that are protected at one address and writable at another', [
      { name: 'Physical', kind: 'hex', head: true, of: each => each.physical },
      { name: 'Size', kind: 'size', of: each => each.size },
      { name: 'Protected at', kind: 'hex', of: each => each.protected },
      { name: 'in', kind: 'word', of: each => regionAt(each.protected).region },
      { name: 'Writable at', kind: 'hex', of: each => each.writable },
      { name: 'in', kind: 'word', of: each => regionAt(each.writable).region },
    ], rows, holds);
    const expected = list.filter(each => regionAt(each.protected).region === 'cpu-entry-area'), others = list.filter(each => !expected.includes(each));
    put(make('p', {}, 'The same memory is read-only or code at one address and can be written at another, mostly in the direct map: a stray write there changes what looks protected.'));
    if (others.length) put(shown(others), commands([[`ptov -a ${hex(others[0].physical)}`, 'All addresses of the first frame']]));
    if (expected.length)
      put(make('p', {}, 'In the cpu-entry-area, this is normal: each CPU reads its descriptor tables there, where they are read-only, and the kernel writes them at another address.'),
        details(`${many(expected.length, 'range')} of the cpu-entry-area`, shown(expected)));
    return put(leftOut(ranges - list.length));
  };
  const showRegions = () => {
    const panels = [1, 2].map(() => make('div', { class: 'panel', 'aria-live': 'polite' }));
    const choose = i => region => panels[i].replaceChildren(lookAtRegion(region));
    put(figure('regions', width => drawSpace(width, choose(0)), 'Each row is a region, in the order of addresses. The outline is the size of the region, and the filled part is the size of the mapped memory, both on a logarithmic scale. Broken lines are holes; hatched parts are not known. A click on a region shows commands that print more about it.', panels[0]));
    put(figure('address-space', width => drawLinear(width, choose(1)), 'The same regions to scale: all addresses, the kernel\'s part of the addresses and, on 64-bit kernels, the top of this part.', panels[1]));
    const unless = (value, region) => value === undefined ?
      make('span', { class: 'soft' }, region.region === 'user' ? 'by process' : region.region === 'non-canonical' ? '' : 'not known') : sizeText(value);
    put(details(`All ${many(it.regions.length, 'region')} in numbers`, table('Regions, and what the kernel\'s page table maps in them', [
      { name: 'Region', kind: 'word', head: true, of: region => region.region === 'unknown' ? 'not known without types' : region.region,
        show: (value, region) => [value, region.kaslr_gap_before && `, KASLR's gap before ${region.kaslr_gap_before}`] },
      { name: 'Start', kind: 'hex', of: region => region.start },
      { name: 'End', kind: 'hex', of: region => region.end },
      { name: 'Size', kind: 'size', of: region => region.size || bytesOf(region.start, region.end) },
      { name: 'Mapped', kind: 'size', of: region => region.mapped, show: unless },
      { name: 'Writable', kind: 'size', of: region => region.writable },
      { name: 'Executable', kind: 'size', of: region => region.executable,
        show: (value, region) => value === undefined ? region.mapped > 0 && 'all' : sizeText(value) },
      { name: 'Tables', kind: 'word', show: (value, region) => [
        region.unreadable && make('span', { class: 'warn' }, 'not in the dump '), region.corrupt && make('span', { class: 'bad' }, 'damaged')] },
      { name: 'To see more', kind: 'word', show: (value, region) => code(moreOfRegion(region)) },
    ], it.regions, within('start', 'end'))));
  };
  const showSpace = () => {
    const moved = it.facts.find(fact => fact.fact === 'kaslr_offset');
    open('space', 'Address space');
    if (whyUnknown('regions')) put(notKnown(whyUnknown('regions')));
    else showRegions();
    if (moved) put(make('p', {}, BigInt(moved.value.replace('-', '')) ? ['KASLR moved the kernel by ', code(moved.value), '.'] : 'KASLR did not move the kernel.'));
    if (whyUnknown('page-table')) return whyUnknown('page-table') !== whyUnknown('regions') && put(notKnown(whyUnknown('page-table')));
    if (!it.tables_whole) put(warn('Not all of the page table could be read: the true sizes may be larger.'));
    showOpen();
    return showAliases();
  };

  // --- physical memory ---

  const LABELS = {
    free: 'free', 'free-percpu': 'free, in lists of CPUs', file: 'page cache', shmem: 'tmpfs and shared memory', anon: 'anonymous',
    ksm: 'anonymous, merged by KSM', hugetlb: 'hugetlb', movable: 'movable, of a driver', zsmalloc: 'zsmalloc', slab: 'slab',
    'large-kmalloc': 'large kmalloc', vmalloc: 'vmalloc and modules', vmap: 'mapped by vmap', stack: 'stacks of tasks',
    percpu: 'memory of CPUs', cma: 'CMA', other: 'other, of the kernel', 'page-table': 'page tables', pgd: 'top-level page tables',
    'kernel-image': 'kernel image', hole: 'no memory: a hole, or devices', reserved: 'reserved', offline: 'offline', guard: 'guard', unaccepted: 'not accepted yet',
    hwpoison: 'corrupted by hardware', unreadable: 'struct page not in the dump', damaged: 'struct page damaged', unknown: 'use unknown',
  };
  const COLOURS = {
    'free-percpu': 'u-freecpu', 'large-kmalloc': 'u-kmalloc', 'page-table': 'u-table', 'kernel-image': 'u-kernel',
    vmap: 'u-vmalloc', pgd: 'u-table', cma: 'u-movable',
  };
  const shades = it.shades || [];
  const caches = ((it.frames || []).find(use => use.use === 'slab') || {}).caches || [];
  const shadeKey = shade => `${shade.use}/${shade.slab_cache || ''}`;
  const shadeAt = Object.fromEntries(shades.map((shade, i) => [shadeKey(shade), i]));
  const shadeLabel = shade => shade.slab_cache ? `slab of ${shade.slab_cache}` :
    shade.use === 'slab' && caches.length ? 'slab, all others' : LABELS[shade.use] || shade.use;
  const shadeClass = shade => shade.slab_cache ? `u-slab${1 + caches.findIndex(cache => cache.slab_cache === shade.slab_cache)}` :
    COLOURS[shade.use] || `u-${shade.use}`;
  const swatch = look => draw('svg', { class: 'swatch', viewBox: '0 0 18 12', 'aria-hidden': 'true' },
    draw('rect', { class: look, width: 18, height: 12 }), draw('rect', { class: 'frame', x: .5, y: .5, width: 17, height: 11 }));

  // The cells of the map, in rows. Rows without memory are joined to a gap, which shows how much memory is missing.
  const COLUMNS = 256;
  const cellBytes = it.map_cell || PAGE;
  const runs = (it.map || []).map(run => ({ ...run, first: Number(BigInt(run.start) / BigInt(cellBytes)), shade: shadeAt[shadeKey(run)] }));
  const runAt = cell => {
    let low = 0, high = runs.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (runs[middle].first + runs[middle].cells <= cell) low = middle + 1;
      else high = middle;
    }
    return runs[low] && runs[low].first <= cell ? runs[low] : undefined;
  };
  const nrCells = runs.length ? runs[runs.length - 1].first + runs[runs.length - 1].cells : 0;
  const address = cell => BigInt(cell) * BigInt(cellBytes);
  const zoneOf = where => (it.zones || []).find(zone => BigInt(zone.start) <= where && where <= BigInt(zone.end));
  const STATES = {
    file: 'in the dump', free: 'left out, because all bytes are zero', reserved: 'only a part is in the dump',
    unknown: 'not in the dump: left out, or no memory', damaged: 'cut off or damaged in the file',
  };
  const contentOf = run => run.state === 'truncated' || run.state === 'damaged' ? 'damaged' : run.partly ? 'reserved' :
    { present: 'file', zero: 'free' }[run.state] || 'unknown';

  const someUse = runs.some(run => !['unknown', 'unreadable'].includes(run.use));
  const contentClass = run => run.state === 'present' && !run.partly ? 'u-file' : { reserved: 'u-partly' }[contentOf(run)] || `u-${contentOf(run)}`;

  const layOut = () => {
    const shown = new Uint8Array(Math.ceil(nrCells / COLUMNS)), rows = [];
    for (const run of runs)
      shown.fill(1, Math.floor(run.first / COLUMNS), Math.floor((run.first + run.cells - 1) / COLUMNS) + 1);
    // A map of almost one colour need not be large.
    const largest = Math.max(...Object.keys(STATES).map(name => runs.reduce((sum, run) => sum + (contentOf(run) === name ? run.cells : 0), 0)));
    const plain = !someUse && largest > .97 * runs.reduce((sum, run) => sum + run.cells, 0);
    const high = Math.min(12, (plain ? 120 : 560) / Math.max(1, shown.reduce((sum, one) => sum + one, 0)));
    let y = 22;
    shown.forEach((one, i) => {
      if (one || !i || shown[i - 1]) rows.push({ y, gap: !one, first: i });
      if (one) y += high;
      else if (!i || shown[i - 1]) y += 20;
    });
    return { rows, high, end: y };
  };
  const layout = layOut();
  const rowOf = at => {
    let low = 0, high = layout.rows.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (layout.rows[middle].first <= at) low = middle;
      else high = middle - 1;
    }
    return layout.rows[low];
  };
  const rowAtY = y => layout.rows.filter(row => row.y <= y).pop() || layout.rows[0];
  const yOf = where => {
    const cell = Number(where / BigInt(cellBytes));
    if (cell >= nrCells) return layout.end;
    const row = rowOf(Math.floor(cell / COLUMNS));
    return row.y + (row.gap ? 0 : layout.high * (cell % COLUMNS) / COLUMNS);
  };
  const marginsOf = width => width < NARROW ? { left: 82, right: 12 } : { left: 112, right: (it.zones || []).length ? 150 : 12 };
  const placeOf = (cell, width) => {
    const { left, right } = marginsOf(width), wide = (width - left - right) / COLUMNS;
    return { x: left + wide * (cell % COLUMNS), y: rowOf(Math.floor(cell / COLUMNS)).y, wide };
  };

  // Paths that draw the cells: one path for each name that look(run) returns, with a title.
  const drawCells = (width, look, titleOf) => {
    const paths = new Map();
    for (const run of runs) {
      const name = look(run);
      if (!paths.has(name)) paths.set(name, []);
      for (let cell = run.first, end = run.first + run.cells; cell < end;) {
        const next = Math.min(end, (Math.floor(cell / COLUMNS) + 1) * COLUMNS), { x, y, wide } = placeOf(cell, width);
        const across = (wide * (next - cell)).toFixed(2);
        paths.get(name).push(`M${x.toFixed(2)} ${y.toFixed(2)}h${across}v${layout.high.toFixed(2)}h-${across}z`);
        cell = next;
      }
    }
    return [...paths].map(([name, d]) => draw('path', { class: name, d: d.join('') }, draw('title', {}, titleOf(name))));
  };
  // Marks around damaged cells. Cells whose struct pages are not in the dump need no mark, because they are hatched.
  const drawMarks = width => {
    const d = [];
    for (const run of runs.filter(each => each.damaged && each.use !== 'unreadable'))
      for (let cell = run.first, end = run.first + run.cells; cell < end;) {
        const next = Math.min(end, (Math.floor(cell / COLUMNS) + 1) * COLUMNS), { x, y, wide } = placeOf(cell, width), across = (wide * (next - cell) + 1).toFixed(2);
        d.push(`M${(x - .5).toFixed(2)} ${(y - .5).toFixed(2)}h${across}v${(layout.high + 1).toFixed(2)}h-${across}z`);
        cell = next;
      }
    return d.length > 0 && draw('path', { class: 'mark', d: d.join('') }, draw('title', {}, 'a struct page is damaged, or not in the dump'));
  };
  const drawAround = width => {
    const { left, right } = marginsOf(width), look = width < NARROW ? 'small mono soft right' : 'mono soft right', parts = [];
    let last = -30, free = 0;
    layout.rows.forEach((row, i) => {
      const next = layout.rows[i + 1], follows = i && layout.rows[i - 1].gap;
      if (row.gap) parts.push(text(left + 4, row.y + 14, 'small soft', `no memory for ${sizeText(((next ? next.first : row.first + 1) - row.first) * COLUMNS * cellBytes)}`));
      if (row.y < last + 14 || (i && !row.gap && !follows && row.y < last + 30)) return;
      last = row.y;
      parts.push(text(left - 8, row.y + 10, look, toHex(address(row.first * COLUMNS))));
    });
    (it.zones || []).forEach(zone => {
      const from = yOf(BigInt(zone.start)), to = Math.max(from + 2, yOf(BigInt(zone.end) + 1n)), x = width - right + 5;
      const y = Math.max(from + 11, free);
      if (BigInt(zone.start) >= address(nrCells)) return;
      parts.push(draw('path', { class: 'edge', d: `M${x} ${(from + .5).toFixed(1)}h5V${to.toFixed(1)}h-5` }, draw('title', {}, `node ${zone.node} ${zone.zone || ''}`)));
      free = y + 16;
      if (width >= NARROW && y < layout.end + 10) parts.push(text(x + 14, y, '', `node ${zone.node} ${zone.zone || ''}`));
    });
    return [text(left, 13, 'small soft', `a cell: ${sizeText(cellBytes)}, a row: ${sizeText(COLUMNS * cellBytes)}`), parts];
  };

  const lookAtCell = cell => {
    const from = address(cell), to = from + BigInt(cellBytes) - 1n, run = runAt(cell), zone = zoneOf(from);
    const range = `${toHex(from)} to ${toHex(to)}`, frames = cellBytes / PAGE;
    if (!run) return lookAt('No memory', range);
    const first = address(run.first), size = run.cells * cellBytes;
    return lookAt(shadeLabel(run), range,
      make('p', {}, frames > 1 ? `Most frames from ${toHex(from / 4096n)} to ${toHex(to / 4096n)}` : `Frame ${toHex(from / 4096n)}`,
        zone && `, node ${zone.node} ${zone.zone || ''}`, `; ${STATES[contentOf(run)]}.`,
        run.cells > 1 && ` The same state from ${toHex(first)} on, for ${sizeText(size)}.`),
      run.damaged && bad('A struct page is damaged, or not in the dump.'),
      commands([[`frames -l ${toHex(first)} +0x${size.toString(16)}`, 'These frames'],
        [`whatis ${toHex(from)}`, 'What is at the first address'], [`ptov -a -u ${toHex(from)}`, 'All its addresses']]));
  };

  let lookAtAddress = () => {};
  const memoryMap = () => {
    const MOST = 16, box = make('div', { class: 'map', tabindex: 0, role: 'group',
      'aria-label': 'Physical memory by use: + enlarges, - makes smaller, 0 shows all, arrows with Shift move from cell to cell' });
    const panel = make('div', { class: 'panel', 'aria-live': 'polite' }), seen = make('span', { role: 'status', class: 'soft' });
    let times = 1, chosen = -1, pinned = false, width = 0, cursor, buttons = [], byUse = someUse, redraw;
    const show = cell => {
      if (cell === chosen) return;
      chosen = cell;
      const { x, y, wide } = placeOf(cell, width);
      for (const [name, value] of Object.entries({ x: x - 1, y: y - 1, width: wide + 2, height: layout.high + 2, visibility: 'visible' }))
        cursor.setAttribute(name, value);
      panel.replaceChildren(lookAtCell(cell));
    };
    const cellAt = event => {
      const svg = box.firstChild, frame = svg.getBoundingClientRect(), scale = svg.viewBox.baseVal.width / frame.width;
      const x = (event.clientX - frame.left) * scale, y = (event.clientY - frame.top) * scale, { left, right } = marginsOf(width);
      const column = Math.floor((x - left) * COLUMNS / (width - left - right)), row = rowAtY(y);
      const at = row && !row.gap && y < layout.end && y >= layout.rows[0].y ? row.first * COLUMNS + column : -1;
      return column >= 0 && column < COLUMNS && at < nrCells ? at : -1;
    };
    const hover = event => {
      const cell = pinned ? -1 : cellAt(event);
      if (cell >= 0) show(cell);
    };
    const click = event => {
      const cell = cellAt(event);
      pinned = cell >= 0 && !(pinned && cell === chosen);
      if (cell >= 0) show(cell);
    };
    const tell = () => {
      const scale = box.firstChild ? box.firstChild.viewBox.baseVal.width / box.firstChild.getBoundingClientRect().width : 1;
      const at = y => {
        const row = rowAtY(y);
        return row.first * COLUMNS;
      };
      const to = at((box.scrollTop + box.clientHeight) * scale - 1) + COLUMNS;
      seen.textContent = times === 1 ? 'all of memory' :
        `${times} times: rows from ${toHex(address(at(box.scrollTop * scale)))} to ${toHex(address(to) - 1n)}`;
      buttons.forEach((each, i) => { each.disabled = i ? times === 1 : times === MOST; });
    };
    const enlarge = wanted => {
      const now = Math.max(1, Math.min(MOST, wanted)), by = now / times;
      const x = (box.scrollLeft + box.clientWidth / 2) * by, y = (box.scrollTop + box.clientHeight / 2) * by;
      times = now;
      box.firstChild.style.width = `${100 * times}%`;
      box.classList.toggle('enlarged', times > 1);
      box.scrollTo(x - box.clientWidth / 2, y - box.clientHeight / 2);
      tell();
    };
    const ways = { '+': () => enlarge(times * 2), '=': () => enlarge(times * 2), '-': () => enlarge(times / 2), 0: () => enlarge(1),
      Escape: () => { pinned = false; panel.replaceChildren(); } };
    const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -COLUMNS, ArrowDown: COLUMNS };
    box.addEventListener('keydown', event => {
      const step = event.shiftKey || times === 1 ? steps[event.key] : undefined, way = ways[event.key];
      if (event.ctrlKey || event.metaKey || event.altKey || !(step || way)) return;
      event.preventDefault();
      if (way) return way();
      pinned = true;
      return show(Math.max(0, Math.min(nrCells - 1, chosen < 0 ? 0 : chosen + step)));
    });
    box.addEventListener('scroll', tell);
    buttons = [['Larger', '+'], ['Smaller', '-'], ['Whole map', '0']].map(([name, key]) => button(name, () => ways[key]()));
    lookAtAddress = where => {
      pinned = true;
      show(Number(where / BigInt(cellBytes)));
      box.scrollIntoView({ block: 'center' });
    };
    const drawn = now => {
      width = now;
      cursor = draw('rect', { class: 'cursor', visibility: 'hidden', 'data-cursor': '' });
      const titles = Object.fromEntries(shades.map(shade => [shadeClass(shade), shadeLabel(shade)]));
      setTimeout(() => enlarge(times));
      const svg = picture(width, layout.end + 8, byUse ? 'Physical memory by use' : 'Physical memory by what is in the dump',
        byUse ? (whyUnknown('frames') ? 'A map of physical memory. The uses of the frames are not known, so all cells are hatched.' :
          'A map of physical memory, from left to right and from above. Each cell has the colour of what most of its frames are used for; red outlines mark cells with damage. Slabs have the colour of the cache that has most of them. At the right, nodes and zones. The table of uses has all numbers.') :
          'A map of physical memory, from left to right and from above. Filled cells are in the dump. Of other cells, only a part is in the dump, or all bytes are zero, so the dump leaves them out. Hatched cells are not in the dump; crossed cells are cut off or damaged.',
        byUse ? drawCells(width, shadeClass, name => titles[name]) : drawCells(width, contentClass, name => STATES[name === 'u-partly' ? 'reserved' : name.slice(2)]),
        drawAround(width), byUse && drawMarks(width), cursor);
      svg.addEventListener('pointermove', hover);
      svg.addEventListener('click', click);
      return svg;
    };
    const legend = make('ul', { class: 'legend' }, Object.entries(STATES).filter(([name]) => runs.some(run => contentOf(run) === name)).map(([name, label]) =>
      make('li', {}, swatch(name === 'reserved' ? 'u-partly' : `u-${name}`), label)));
    const kinds = [[true, 'By use'], [false, 'By what is in the dump']].map(([use, name]) => button(name, () => {
      byUse = use;
      redraw();
    }));
    redraw = () => {
      kinds.forEach((each, i) => each.setAttribute('aria-pressed', byUse === !i));
      legend.hidden = byUse;
      if (width) box.replaceChildren(drawn(width));
      chosen = -1;
    };
    redraw();
    put(figure('physical-memory', drawn, `Each cell is ${sizeText(cellBytes)} of memory, and its colour shows the use, or the state, of most of its frames. The strips of the table show the other uses. There are no frames where nothing is drawn. Hover over a cell to see what it is; a click selects the cell and shows commands that print more about it.`,
      [legend, panel], [kinds, make('span', { class: 'gap' }), buttons, seen], box));
  };

  const strip = shade => draw('svg', { class: 'strip', viewBox: `0 0 ${shade.spread.length} 8`, preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    shade.spread.map((frames, i) => frames > 0 && rect(shadeClass(shade), i, 7 - 7 * frames / it.spread_frames, 1, 1 + 7 * frames / it.spread_frames)));
  const showUses = () => {
    const all = framesOf();
    const part = value => 2000 * value < all ? '< 0.1 %' : `${(100 * value / all).toFixed(1)} %`;
    put(table('Uses of frames, and where in memory these frames are', [
      { name: 'Use', kind: 'word', head: true, of: shadeLabel, show: (value, shade) => [swatch(shadeClass(shade)), value] },
      { name: 'Frames', kind: 'number', of: shade => shade.frames },
      { name: 'Size', kind: 'size', of: shade => shade.frames * PAGE },
      { name: 'Part', kind: 'number', of: shade => shade.frames, show: part },
      { name: 'Where in memory', kind: 'word', show: (value, shade) => shade.spread.length > 0 && strip(shade) },
    ], shades));
  };
  const showZones = () => {
    if (whyUnknown('zones')) return put(make('h3', {}, 'Zones'), notKnown(whyUnknown('zones')));
    const pages = name => zone => zone[name] === undefined ? undefined : zone[name] * PAGE;
    return it.zones.length > 0 && put(table('Zones of memory', [
      { name: 'Node', kind: 'number', of: zone => zone.node },
      { name: 'Zone', kind: 'word', head: true, of: zone => zone.zone },
      { name: 'Start', kind: 'hex', of: zone => zone.start },
      { name: 'End', kind: 'hex', of: zone => zone.end },
      { name: 'Present', kind: 'size', of: pages('present') },
      { name: 'Managed', kind: 'size', of: pages('managed') },
      { name: 'Free', kind: 'size', of: pages('free') },
    ], it.zones, within('start', 'end')), leftOut(it.zones_left_out));
  };
  const showMemory = () => {
    open('memory', 'Physical memory');
    if (!it.map) {
      put(notKnown(whyUnknown('memory')));
      return;
    }
    const [unreadable, damaged] = ['unreadable', 'damaged'].map(framesOf);
    if (whyUnknown('frames')) put(notKnown(whyUnknown('frames')));
    if (unreadable || damaged)
      put((damaged ? bad : warn)([unreadable && `The struct pages of ${many(unreadable, 'frame')} are not in the dump.`, damaged && `The struct ${damaged === 1 ? 'page' : 'pages'} of ${many(damaged, 'frame')} ${damaged === 1 ? 'makes' : 'make'} no sense.`].filter(Boolean).join(' '), damaged > 0 && ' Red outlines mark the damage.'));
    if (nrCells) memoryMap();
    showUses();
    showZones();
  };

  // --- processes, slabs, vmalloc ---

  const bar = (...parts) => {
    let x = 0;
    return draw('svg', { class: 'bar', viewBox: '0 0 100 8', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
      parts.map(([look, part]) => rect(look, 100 * x, 0, 100 * part, 8, (x += part, undefined))));
  };
  // What a task waits for, in the words of the command triage.
  const waitText = wait => {
    const words = (...list) => list.filter(word => word || word === 0).join(' '), name = wait.symbol || wait.within;
    return [words(wait.kind, hex(wait.object), name && `(${name})`, wait.module && `[${wait.module}]`),
      wait.bit !== undefined && words('bit', wait.bit, wait.flag && `(${wait.flag})`, wait.set !== undefined && (wait.set ? 'is set' : 'is clear')),
      wait.pfn && `frame ${hex(wait.pfn)}`, wait.use, wait.target_function && `function ${wait.target_function}`,
      words(wait.relation, wait.owner_pid ?? wait.reader_pid, wait.owner_comm ?? wait.reader_comm)].filter(Boolean).join(', ');
  };
  const showBlocked = () => {
    const { tasks, examined, groups, more_groups } = it.blocked;
    put(make('p', {}, `${tasks} tasks are in uninterruptible sleep (state D)`, examined && `; the first ${examined} are in groups`, '. The tasks of a group wait for the same object, or in the same function.'),
      table('Blocked tasks', [
        { name: 'Tasks', kind: 'number', of: each => each.tasks },
        { name: 'Longest', kind: 'word', head: true, of: each => `${each.pid} ${each.comm}` },
        { name: 'Seconds', kind: 'number', of: each => each.time, show: value => value === undefined ? '' : value.toFixed(1) },
        { name: 'In', kind: 'word', of: each => each.function, show: (value, each) => [each.sure === false && '? ', value, each.function_module && ` [${each.function_module}]`] },
        { name: 'Waits for', kind: 'text', of: waitText },
      ], groups), leftOut(more_groups));
  };
  const showProcesses = () => {
    open('processes', 'Processes');
    if (!it.tasks) return put(notKnown(whyUnknown('tasks')));
    if (it.blocked) showBlocked();
    const { list } = it.tasks, most = Math.max(1, ...list.map(each => (each.own + each.shared) || 0));
    const unless = value => value === undefined ? make('span', { class: 'soft' }, 'not known') : sizeText(value);
    return put(make('p', {}, 'RSS is the count that the kernel keeps. The other numbers are counted in the page tables: a frame that is mapped more than once, in one process or in several, counts as shared.'),
      table('Processes by memory', [
        { name: 'PID', kind: 'number', of: each => each.pid },
        { name: 'Name', kind: 'word', head: true, of: each => each.comm },
        { name: 'State', kind: 'word', of: each => each.state || '?' },
        { name: 'RSS', kind: 'size', of: each => each.rss, show: unless },
        { name: 'Its own', kind: 'size', of: each => each.own, show: unless },
        { name: 'Shared', kind: 'size', of: each => each.shared, show: unless },
        { name: 'Page tables', kind: 'size', of: each => each.page_tables, show: unless },
        { name: 'Own, shared', kind: 'word', show: (value, each) => each.message ? make('span', { class: 'warn' }, each.message) :
          [bar(['u-anon', each.own / most], ['u-ksm', each.shared / most]),
            !each.tables_whole && make('span', { class: 'warn' }, ' at least: tables are missing or damaged')] },
      ], list), leftOut(it.tasks.processes - list.length),
      make('p', {}, `Page tables of all processes: ${sizeText(it.tasks.page_tables)}.`),
      !it.tasks.all_compared && warn('Frames beyond 16 TiB were not compared.'), damageOf(it.tasks.damage));
  };
  const showAmounts = (part, title, caption, one, look, columns) => {
    const all = it[part];
    put(make('h3', {}, title));
    if (!all) return put(notKnown(whyUnknown(part)));
    const most = Math.max(1, ...all.list.map(each => each.size)), shown = all.list.reduce((sum, each) => sum + each.size, 0);
    return put(make('p', {}, `${many(all.number, one)}, with ${sizeText(all.size)} in all.`), all.list.length > 0 && table(caption, [...columns,
      { name: 'Size, of the largest', kind: 'word', show: (value, each) => [bar([look, each.size / most]), each.damaged && make('span', { class: 'bad' }, ' damaged')] },
    ], all.list), all.number > all.list.length && soft(`${all.number - all.list.length} smaller ones, with ${sizeText(all.size - shown)}, are left out.`),
    all.unsized > 0 && warn(`There are ${all.unsized} more, whose sizes are not known.`), damageOf(all.damage));
  };
  const showKernelMemory = () => {
    open('kernel', 'Kernel memory');
    showAmounts('slabs', 'Slab caches', 'Slab caches by size', 'cache', 'u-slab', [
      { name: 'Cache', kind: 'word', head: true, of: each => each.slab_cache || '?' },
      { name: 'Size', kind: 'size', of: each => each.size },
      { name: 'Slabs', kind: 'number', of: each => each.slabs },
      { name: 'Objects in use', kind: 'number', of: each => each.allocated ?? each.active,
        show: (value, each) => value === undefined ? make('span', { class: 'soft' }, 'not known') :
          `${each.allocated === undefined ? 'at most ' : ''}${value} of ${each.objects}` },
    ]);
    showAmounts('areas', 'vmalloc by caller', 'Callers of vmalloc by size', 'caller', 'u-vmalloc', [
      { name: 'Caller', kind: 'text', head: true, of: each => each.caller || '?' },
      { name: 'Size', kind: 'size', of: each => each.size },
      { name: 'Areas', kind: 'number', of: each => each.areas },
    ]);
  };

  // --- what changed ---

  const RIGHTS = { none: 'not mapped', corrupt: 'damaged table', nowhere: 'mapped to no memory' };
  const rightsOf = (rights, cache) => RIGHTS[rights] || (/^r[w-]/.test(rights) ? [rights, cache].filter(Boolean).join(' ') : `table not in the dump: ${rights}`);
  const sized = (name, bytes) => [name, bytes !== undefined && sizeText(bytes)].filter(Boolean).join(', ');
  const rssOf = (name, rss) => name + (rss === undefined ? '' : `, RSS ${sizeText(rss)}`);
  const range = (start, end) => start && `${hex(start)} to ${hex(end)}`;
  // The subject of a row, the value in this dump, and the value in the other dump.
  const CHANGES = {
    fact: row => [row.fact, row.value || 'not known', row.other_value || 'not known'],
    region: row => [row.region, range(row.start, row.end), range(row.other_start, row.other_end)],
    mapping: row => [[range(row.start, row.end), row.region, row.module, row.part].filter(Boolean).join(' '),
      rightsOf(row.rights, row.cache), rightsOf(row.other_rights, row.other_cache)],
    frames: row => [LABELS[row.use] || row.use, `${many(row.frames, 'frame')}, ${row.difference > 0 ? '+' : ''}${row.difference}`, many(row.other_frames, 'frame')],
    'frames-change': row => [many(row.frames, 'frame'), LABELS[row.use] || row.use, LABELS[row.other_use] || row.other_use],
    'frame-run': row => [`frames ${hex(row.pfn)} to ${hex(row.last_pfn)}`, LABELS[row.use] || row.use, LABELS[row.other_use] || row.other_use],
    task: row => row.tasks !== undefined ?
      [`all ${row.comm}`, rssOf(many(row.tasks, 'task'), row.rss), rssOf(many(row.other_tasks, 'task'), row.other_rss)] :
      [`pid ${row.pid}`, row.status !== 'vanished' && rssOf(row.comm, row.rss), row.status !== 'appeared' && rssOf(row.other_comm || row.comm, row.other_rss)],
    vmalloc: row => row.areas !== undefined ?
      [`${row.kind} ${row.caller || 'caller unknown'}`, sized(many(row.areas, 'area'), row.size), sized(many(row.other_areas, 'area'), row.other_size)] :
      [hex(row.start), row.status !== 'vanished' && [sized(sizeText(row.size)), row.kind, row.caller].filter(Boolean).join(' '),
        row.status !== 'appeared' && [sizeText(row.other_end ? bytesOf(row.start, row.other_end) : row.size), row.other_kind || row.kind, row.other_caller || row.caller].filter(Boolean).join(' ')],
    module: row => [row.module, row.address && sized(`at ${hex(row.address)}`, row.size), row.other_address && sized(`at ${hex(row.other_address)}`, row.other_size)],
  };
  const PARTS = { facts: 'Facts', regions: 'Regions', mappings: 'Mappings of the kernel', frames: 'Frames', tasks: 'Tasks', vmalloc: 'Areas of vmalloc', modules: 'Modules' };
  const showChanges = () => {
    const [pair] = it.diff.dumps, by = proof => proof ? ` (${proof})` : '', nothing = 'Nothing differs.';
    open('changes', 'What changed');
    put(make('p', {}, `Compared with ${pair.other.dump}, of ${pair.other.release || 'an unknown release'}; kernel: ${pair.kernel}${by(pair.kernel_by)}; boot: ${pair.boot}${by(pair.boot_by)}.`),
      make('p', {}, 'What appeared is only in this dump; what vanished is only in the other dump; what one of the dumps does not contain is unknown. If the dumps are of different boots, only some parts can be compared.'));
    const statuses = ['same', 'moved', 'changed', 'appeared', 'vanished', 'unknown'];
    put(table('How much differs, of frames in frames', [
      { name: 'Part', kind: 'word', head: true, of: row => PARTS[row.part] },
      { name: 'Verdict', kind: 'word', of: row => row.status },
      ...statuses.map(status => ({ name: status[0].toUpperCase() + status.slice(1), kind: 'number', of: row => row[status] })),
    ], it.diff.parts.map(part => it.diff.summary.find(each => each.part === part.part) || { part: part.part, status: 'not compared' })));
    for (const part of it.diff.parts) {
      const rows = part.list.filter(row => row.status !== 'same').map(row => ({ status: row.status, cells: CHANGES[row.what](row), row }));
      const shown = details(`${PARTS[part.part]}: ${rows.length + (part.left_out || 0)}`,
        rows.length ? table(`${PARTS[part.part]} that differ`, [
          { name: 'Status', kind: 'word', of: each => each.status },
          { name: 'What', kind: 'text', head: true, of: each => each.cells[0] },
          { name: 'In this dump', kind: 'text', of: each => each.cells[1] || '' },
          { name: 'In the other dump', kind: 'text', of: each => each.cells[2] || '' },
        ], rows, (each, where) => within('start', 'end')(each.row, where)) : make('p', {}, part.message ? '' : nothing),
        leftOut(part.left_out), part.message && notKnown(part.message),
        part.cache_compared === false && warn('Cache types are not compared, because one of the dumps does not show the meaning of their bits.'), damageOf(part.damage));
      shown.open = rows.length > 0 && rows.length <= 20;
      put(shown);
    }
  };

  // --- the search ---

  const parseAddress = words => /^(0x)?[0-9a-f_]+$/i.test(words) && words.length < 24 ? BigInt(`0x${words.replace(/^0x|_/gi, '') || 0}`) : undefined;
  const goTo = element => {
    for (let at = element; at; at = at.parentElement) if (at.tagName === 'DETAILS') at.open = true;
    document.querySelectorAll('.found').forEach(old => old.classList.remove('found'));
    element.hidden = false;
    element.classList.add('found');
    element.scrollIntoView({ block: 'center' });
  };
  const MOST_FOUND = 40;
  const search = (words, results) => {
    const text = words.trim().toLowerCase(), where = parseAddress(text), digits = where === undefined ? text : toHex(where);
    const hits = text.length < 2 ? [] : found.filter(each => (where !== undefined && each.holds && each.holds(where)) ||
      each.element.textContent.toLowerCase().includes(digits.length > 1 ? digits : text));
    const run = where !== undefined && runAt(Number(where / BigInt(cellBytes)));
    const said = element => [...element.children].map(each => each.textContent).filter(Boolean).join(', ').slice(0, 120);
    const lines = hits.slice(0, MOST_FOUND).map(each => make('li', {}, button(`${each.title}: ${said(each.element)}`, () => goTo(each.element))));
    if (run) lines.unshift(make('li', {}, button(`Physical memory: ${digits} is ${shadeLabel(run)}`, () => lookAtAddress(where))));
    results.replaceChildren(...text.length < 2 ? [] : [
      make('p', { role: 'status' }, lines.length ? many(hits.length + Boolean(run), 'place') : 'Not found in this report.', hits.length > MOST_FOUND && `, ${MOST_FOUND} are shown`),
      make('ul', { class: 'hits' }, lines), commands([`${where === undefined ? 'sym' : 'whatis'} ${text.replace(/['\\]/g, '')}`])]);
  };

  // --- the page ---

  const themes = ['auto', 'dark', 'light'];
  const themeButton = () => button('Theme: auto', event => {
    const next = themes[(themes.indexOf(document.documentElement.dataset.theme || 'auto') + 1) % themes.length];
    document.documentElement.dataset.theme = next;
    event.target.textContent = `Theme: ${next}`;
  });
  // find(words, results) shows the results for the words that were typed.
  const top = (what, hint, find, ...parts) => {
    const results = make('div', { class: 'results' });
    return make('header', {}, make('div', { class: 'top' },
      make('span', { class: 'brand' }, 'kwalk'),
      make('div', { role: 'search' }, make('label', {}, make('span', { class: 'unseen' }, what),
        make('input', { type: 'search', placeholder: hint, input: event => find(event.target.value, results) }))),
      themeButton(), button('Print', () => print())), results, parts);
  };

  // --- many dumps ---

  const fleetGroups = [];
  const showGroup = group => {
    const { dumps } = group, weeks = dumps.map(dump => dump.week).filter(Boolean).sort(), last = weeks.length - 1;
    const when = weeks.length > 0 && (weeks[0] === weeks[last] ? weeks[0] : `${weeks[0]} to ${weeks[last]}`);
    const part = make('details', { class: 'group' }, make('summary', {}, make('strong', {}, `${dumps.length} \u00d7 `), group.title, ' ', make('span', { class: 'soft' }, when)),
      group.signature && make('p', {}, code(group.signature), group.callers.length > 0 && [', called by ', group.callers.map((name, i) => [i > 0 && ', ', code(name)])]),
      table('Dumps', [
        { name: 'Week', kind: 'word', of: dump => dump.week },
        { name: 'Kernel', kind: 'word', of: dump => dump.release },
        { name: 'Dump', kind: 'text', head: true, of: dump => dump.dump, show: (value, dump) => dump.report ? make('a', { href: `./${dump.report}` }, value) : value },
        { name: 'End', kind: 'text', of: dump => dump.end },
        { name: 'Process', kind: 'word', of: dump => dump.comm },
        { name: 'Findings', kind: 'number', of: dump => dump.findings },
      ], dumps));
    fleetGroups.push(part);
    return part;
  };
  const findDumps = words => {
    const list = words.toLowerCase().split(/\s+/).filter(Boolean);
    fleetGroups.forEach(group => {
      const head = group.firstChild.textContent.toLowerCase();
      const rows = [...group.querySelectorAll('tbody tr')];
      rows.forEach(row => {
        const text = `${head} ${row.textContent.toLowerCase()}`;
        row.hidden = !list.every(word => text.includes(word));
      });
      group.hidden = rows.every(row => row.hidden);
      group.open = !group.hidden && list.length > 0;
    });
  };
  const showFleet = ({ dumps, groups }) => {
    const kinds = groups.filter(group => group.signature), others = groups.filter(group => !group.signature);
    if (kinds.length) open('crashes', 'Crashes');
    if (kinds.length) put(make('p', {}, 'The newest first.'), kinds.map(showGroup));
    if (others.length) open('others', 'Other dumps');
    if (others.length) put(others.map(showGroup));
    return top('Search for a kernel, a dump, a process or any text', 'Kernel, dump, process', findDumps,
      make('div', { class: 'hero' }, make('p', { class: 'eyebrow' }, make('span', { class: 'pill' }, 'Many dumps')),
        make('h1', {}, `${many(kinds.length, 'kind')} of crashes in ${many(dumps, 'dump')}`)));
  };

  const showReport = () => {
    showEnd();
    showFindings();
    if (it.diff) showChanges();
    showMemory();
    showProcesses();
    showKernelMemory();
    showSpace();
    showLog();
    showFacts();
    showUnknown();
    return top('Search for an address, a symbol or any text', 'Address, symbol, text', search, hero(), summary());
  };

  const header = it.fleet ? showFleet(it.fleet) : showReport();
  nav.addEventListener('scroll', () => clipped(nav));
  resized.observe(nav);
  document.body.append(patterns, header, make('div', { class: 'columns' }, make('nav', { 'aria-label': 'Sections' }, nav), main),
    make('footer', {}, make('p', {}, `Made by ${document.querySelector('meta[name=generator]').content}. 1 KiB is 1024 bytes. The end of a range is the address of its last byte.`)));
  // A link to a folded part opens the part.
  const unfold = () => {
    const part = document.getElementById(location.hash.slice(1));
    if (!part) return;
    for (let at = part; at; at = at.parentElement) if (at.tagName === 'DETAILS') at.open = true;
    part.scrollIntoView();
  };
  addEventListener('hashchange', unfold);
  document.addEventListener('click', event => event.target.closest && event.target.closest('a[href^="#"]') && setTimeout(unfold));
  unfold();
  let opened = [];
  addEventListener('beforeprint', () => {
    opened = [...document.querySelectorAll('details:not([open])')];
    opened.forEach(each => { each.open = true; });
  });
  addEventListener('afterprint', () => opened.forEach(each => { each.open = false; }));
}
