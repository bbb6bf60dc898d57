// SPDX-License-Identifier: GPL-3.0-or-later
// browser.mjs CHROMIUM NAME...: opens NAME.html of this folder, and prints TAP: nothing is asked of
// the network, nothing is complained of, pictures are there, nothing is wider than the window, what the
// page draws is what its data says, and axe finds no way in which it shuts people out.
import fs from 'node:fs';
import path from 'node:path';
import puppeteer from 'puppeteer-core';

const [executablePath, ...names] = process.argv.slice(2);
const axe = fs.readFileSync('node_modules/axe-core/axe.min.js', 'utf8');
const widths = [400, 800, 1600], themes = ['light', 'dark'];
let number = 0, failed = 0;

function tell(title, wrong) {
  number++;
  console.log(`${wrong.length ? 'not ok' : 'ok'} ${number} - report in a browser: ${title}` +
    (wrong.length ? ` (${wrong[0]})` : ''));
  wrong.slice(0, 10).forEach(line => console.log(`#   ${line}`));
  failed += wrong.length > 0;
}

// What the page itself says of its pictures: each must have a size, and something in it.
function picturesOf() {
  return [...document.querySelectorAll('svg[role=img]')].map(svg => {
    const box = svg.getBoundingClientRect(), drawn = svg.querySelectorAll('rect, path').length;
    const text = svg.querySelector('text');
    return {
      title: svg.querySelector('title').textContent, width: box.width, height: box.height, drawn,
      letters: text ? text.getBoundingClientRect().height : 0,
      colour: getComputedStyle(svg.querySelector('rect, path')).fill,
    };
  });
}

async function open(browser, name, width, theme, script) {
  const page = await browser.newPage(), said = [];
  page.on('console', message => said.push(`console: ${message.text()}`));
  page.on('pageerror', error => said.push(`error: ${error.message}`));
  page.on('dialog', dialog => { said.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  page.on('request', request => {
    if (request.url() !== `file://${process.cwd()}/${name}.html`) said.push(`request: ${request.url()}`);
  });
  await page.setJavaScriptEnabled(script);
  await page.setViewport({ width, height: 1000 });
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: theme }]);
  await page.goto(`file://${process.cwd()}/${name}.html`);
  // A picture is drawn when the page knows how wide it is.
  if (script) await page.waitForFunction(() => [...document.querySelectorAll('figure')].every(each => each.querySelector('svg.picture')));
  return { page, said };
}

async function check(browser, name, width, theme) {
  const { page, said: wrong } = await open(browser, name, width, theme, true);
  const pictures = await page.evaluate(picturesOf);
  if (pictures.length < (name === 'cut' ? 1 : 3)) wrong.push(`${pictures.length} pictures`);
  for (const { title, width: wide, height, drawn, letters } of pictures) {
    if (wide < Math.min(500, .85 * width) || wide > width || height < 40 || !drawn) wrong.push(`${title}: ${wide} by ${height}, ${drawn} parts`);
    if (letters < 9) wrong.push(`${title}: its letters are ${letters} high`);
  }
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  if (wide > width) wrong.push(`it is ${wide} wide`);
  const paper = await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const light = paper.match(/\d+/g).slice(0, 3).reduce((sum, part) => sum + +part, 0) > 384;
  if (light !== (theme === 'light')) wrong.push(`its paper is ${paper}`);
  await page.screenshot({ path: `${name}-${width}-${theme}.png`, fullPage: true });
  tell(`${name} at ${width} pixels, ${theme}`, wrong);
  await page.close();
}

// The page's own policy keeps axe out, as it does any other script that is not its own.
async function checkAccess(browser, name, theme) {
  const { page } = await open(browser, name, 1600, theme, true);
  await page.evaluate(() => document.querySelectorAll('details').forEach(part => { part.open = true; }));
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run());
  tell(`axe on ${name}, ${theme}`, violations.map(({ id, impact, nodes }) => `${impact}: ${id}: ${nodes[0].html.slice(0, 120)}`));
  await page.close();
}

// What each page says, and draws; "!TEXT": does not.
const SAYS = {
  kmem: ['The kernel crashed; its log, which may say why, could not be read', 'slab of kmalloc-96\t3', 'slab of inode?cache\t1', 'slab, all others\t4', '!slab of dentry',
    'node 0 DMA32', 'Each cell is 4 KiB', '!What changed', 'vmlinux, which matches the dump'],
  damaged: ['The struct page of 1 frame makes no sense.', 'no memory: a hole, or devices', 'struct page damaged', 'direct-map'],
  hostile: ['<img src=x>', '!What changed', 'address: 0000000000000008 <img src=x onerror=alert(1)>', 'It was PID 3 "<b>x</b>, CPU 0', 'start_kernel+0x3'],
  waited: ['Kernel panic - not syncing: hung_task: blocked tasks.\n', 'It was PID 3 shell, CPU 0, in start_kernel+0x3', 'At ', "kwalk -c 'sym start_kernel+0x3'", 'shell, pid 3'],
  blocked: ['The stack of 3 shell, which is blocked', '1 task blocked on mutex ffff888000050000 (kmalloc-96), held by 5 init-worker: 3 shell', '2 tasks are in uninterruptible sleep', '3 shell\t', '\tmutex ffff888000050000 (kmalloc-96), held by 5 init-worker', "kwalk -c 'bt "],
  five: ['x86_64, 5 levels', '!did not panic'],
  pae: ['pae'],
  unknown: ['use unknown', '!page cache', 'none', 'Not known:', 'Parts that are not known'],
  lacking: ['not in the dump', 'the true sizes may be larger', 'unknown of 512 GiB'],
  panic: ['Page fault (#1), a write in kernel mode to 8.', 'It was PID 3 shell, CPU 0, in schedule+0x4 ', '\u00b7 the first serious report', '68.8 s before the end', 'panic: Fatal exception', 'shell, pid 3',
    '2023-11-14 22:13:20 UTC', 'swapper/1', 'schedule_timeout+0x10 perhaps', 'vmlinux.c:', 'in the first page: an offset from a NULL pointer?',
    "kwalk -c 'sym schedule+0x4' vmlinux panic", "kwalk -c 'tasks 3' vmlinux panic", '6 MiB of processes', 'pt -p 1 -W', '!6291456', '!1 warnings', '!1 parts'],
  cut: ['kwalk -c \'check\'', '!which not', '!which same', 'Whether the kernel panicked is not known', 'The file is cut short: 14.5 MiB of memory are missing', 'cut off or damaged in the file'],
  scrubbed: ['The kernel crashed; this dump was scrubbed and does not say why', 'Names are pseudonyms, and texts are left out', 'left out by extract', 'are not in the dump', '!Red outlines'],
  changes: ['What changed', 'Compared with hostile', 'Damaged: in the other dump, the list of areas', 'kernel: same (build-id)', 'changed\tpid 1\tinit', '<img src=x>'],
};
const DRAWS = {
  kmem: ['path.u-slab', 'path.u-slab1', 'path.u-slab2', '!path.mark', '!path.u-damaged'],
  damaged: ['path.mark', 'path.u-damaged', 'path.u-hole'],
  unknown: ['path.u-unknown', '!path.u-free', '!path.u-anon', '!path.u-slab'],
  cut: ['path.u-file', 'path.u-damaged', '!path.mark'],
  lacking: ['rect.u-unreadable'],
  hostile: ['!img', '!b', '!i'],
  changes: ['!img'],
};

async function checkText(browser, name) {
  const { page, said: wrong } = await open(browser, name, 1600, 'light', true);
  await page.evaluate(() => document.querySelectorAll('details').forEach(part => { part.open = true; }));
  const text = await page.evaluate(() => document.body.innerText + [...document.querySelectorAll('svg text')].map(each => each.textContent).join('\n'));
  for (const words of SAYS[name] || [])
    if (text.includes(words.replace(/^!/, '')) === words.startsWith('!')) wrong.push(`text: ${words}`);
  for (const parts of DRAWS[name] || []) {
    const found = await page.$$(`${parts.includes('path') ? '.map' : 'body'} ${parts.replace(/^!/, '')}`);
    if (parts.startsWith('!') ? found.length : parts.startsWith('path') ? found.length !== 1 : !found.length) wrong.push(`${found.length} of ${parts}`);
  }
  // What no style knows is black.
  const black = await page.$$eval('svg [class^=u-]', all => all.filter(each => getComputedStyle(each).fill === 'rgb(0, 0, 0)').map(each => each.getAttribute('class')));
  wrong.push(...black.map(look => `${look} has no colour`));
  const ids = await page.$$eval('[id]', all => all.map(each => each.id)), names = await page.$$eval('a[href]', all => all.map(each => each.getAttribute('href')));
  if (new Set(ids).size !== ids.length) wrong.push('an id is there twice');
  wrong.push(...names.filter(link => !ids.includes(link.slice(1))).map(link => `${link} is not there`));
  const levels = await page.$$eval('h1, h2, h3', all => all.map(each => +each.tagName[1]));
  if (levels[0] !== 1 || levels.slice(1).some((level, i) => level === 1 || level > levels[i] + 1)) wrong.push(`headings: ${levels}`);
  await page.close();
  tell(`what ${name} says`, wrong);
}

// Without the script there is a summary; with it, typing leaves the rows that have the words, and a click on a
// heading sorts them.
async function checkScript(browser, name) {
  const plain = (await open(browser, name, 1600, 'light', false)).page;
  const text = await plain.evaluate(() => document.body.innerText), wrong = [];
  if (!text.includes(`${name}, ELF`) || !text.includes('What ended it')) wrong.push('without the script there is no summary');
  if (await plain.$('input, button')) wrong.push('something is there that does nothing without the script');
  await plain.close();
  const { page, said } = await open(browser, name, 1600, 'light', true);
  await page.evaluate(() => document.querySelectorAll('details').forEach(part => { part.open = true; }));
  const shown = () => page.$$eval('tbody tr, ol.log > li', rows => rows.filter(row => row.checkVisibility()).length);
  const before = await shown();
  await page.type('.tools input', 'no row has this');
  if (await shown() >= before) wrong.push('typing hides no rows');
  const uses = () => page.evaluate(() => {
    const table = [...document.querySelectorAll('table')].find(each => each.caption.textContent.startsWith('Uses of frames'));
    const head = [...table.querySelectorAll('th')].find(each => each.textContent === 'Frames');
    head.querySelector('button').click();
    return { order: head.getAttribute('aria-sort'), values: [...table.tBodies[0].rows].map(row => +row.cells[1].textContent) };
  });
  const up = await uses(), down = await uses(), sorted = up.values.slice().sort((a, b) => a - b);
  if (up.order !== 'ascending' || `${up.values}` !== `${sorted}`) wrong.push(`ascending: ${up.values}`);
  if (down.order !== 'descending' || `${down.values}` !== `${sorted.reverse()}`) wrong.push(`descending: ${down.values}`);
  await page.close();
  tell(`${name} with its script and without`, [...said, ...wrong]);
}

async function checkSearch(browser, name) {
  const { page, said: wrong } = await open(browser, name, 800, 'light', true);
  const search = async words => {
    await page.$eval('[role=search] input', (field, text) => { field.value = text; field.dispatchEvent(new Event('input')); }, words);
    return page.$eval('.results', each => each.innerText);
  };
  const has = async (words, ...texts) => {
    const got = await search(words);
    wrong.push(...texts.filter(text => !got.includes(text)).map(text => `${words}: no ${text} in ${got.slice(0, 200)}`));
  };
  await has('0xffff888000050123', 'Regions, and what', 'direct-map', `kwalk -c 'whatis 0xffff888000050123' vmlinux ${name}`);
  await has('50000', 'Physical memory: 50000 is slab of kmalloc-96');
  await (await page.$('.results button')).click();
  const look = await page.$eval('.look', each => each.innerText);
  if (!look.includes('slab of kmalloc-96') || !look.includes(`kwalk -c 'whatis 50000' vmlinux ${name}`)) wrong.push(`the map shows ${look}`);
  await has('kmalloc-96', 'Slab caches by size: kmalloc-96, ');
  await has('no such text', 'Not found in this report', "sym no such text");
  if ((await search('')).trim()) wrong.push('there are results without words');
  await page.close();
  tell(`a search in ${name}`, wrong);
}

// What is copied is the command that stands there; without a clipboard it is selected.
async function checkCopy(browser, name) {
  const { page, said: wrong } = await open(browser, name, 800, 'light', true);
  const copy = clipboard => page.evaluate(async given => {
    window.copied = [];
    Object.defineProperty(navigator, 'clipboard', { configurable: true, value: given && { writeText: async text => { window.copied.push(text); } } });
    const item = document.querySelector('.hero .commands li'), button = item.querySelector('button');
    button.click();
    await new Promise(done => setTimeout(done, 50));
    return { text: item.querySelector('code').textContent, copied: window.copied[0], said: button.textContent, selected: String(getSelection()) };
  }, clipboard);
  const without = await copy(false), done = await copy(true);
  if (without.selected !== without.text) wrong.push(`selected: ${without.selected}`);
  if (done.copied !== done.text || done.said !== 'Copied') wrong.push(JSON.stringify(done));
  await page.close();
  tell(`a command of ${name} is copied`, wrong);
}

// The page of many dumps: the same files with other data.
async function checkFleet(browser, name) {
  const wrong = [];
  for (const theme of themes)
    for (const width of widths) {
      const { page, said } = await open(browser, name, width, theme, true);
      await page.evaluate(() => document.querySelectorAll('details').forEach(part => { part.open = true; }));
      const wide = await page.evaluate(() => document.documentElement.scrollWidth), text = await page.evaluate(() => document.body.innerText);
      if (wide > width) wrong.push(`it is ${wide} wide`);
      for (const words of ['kinds of crashes in 3 dumps', '2023-W46', 'NULL pointer dereference', 'hostile']) if (!text.includes(words)) wrong.push(`no ${words}`);
      await page.screenshot({ path: `${name}-${width}-${theme}.png`, fullPage: true });
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() => window.axe.run());
      wrong.push(...said, ...violations.map(({ id, nodes }) => `axe: ${id}: ${nodes[0].html.slice(0, 120)}`));
      await page.close();
    }
  tell(`the page of ${name}`, wrong);
}

async function checkTheme(browser, name) {
  const { page, said: wrong } = await open(browser, name, 800, 'light', true);
  const press = async () => {
    await (await page.evaluateHandle(() => [...document.querySelectorAll('button')].find(each => each.textContent.startsWith('Theme')))).click();
    return page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  };
  const papers = [await press(), await press(), await press()];
  if (papers[0] === papers[1] || papers[1] !== papers[2]) wrong.push(`papers are ${papers}`);
  await page.close();
  tell(`the themes of ${name}`, wrong);
}

// A saved picture is an SVG of its own, with its colours, title and texts.
async function checkSaved(browser, name) {
  const { page, said: wrong } = await open(browser, name, 1600, 'light', true);
  const folder = path.join(process.cwd(), 'saved');
  const session = await browser.target().createCDPSession();
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder);
  await session.send('Browser.setDownloadBehavior', { behavior: 'allow', downloadPath: folder });
  for (const button of await page.$$('figure button[aria-label^=Save]')) {
    await button.click();
    await new Promise(done => setTimeout(done, 500));
  }
  const texts = { regions: 'direct-map', 'physical-memory': 'node 0 DMA32', 'address-space': 'vmalloc' };
  for (const [picture, text] of Object.entries(texts)) {
    const file = path.join(folder, `${name}-${picture}.svg`);
    if (!fs.existsSync(file)) {
      wrong.push(`no ${file}`);
      continue;
    }
    const told = await page.evaluate(content => {
      const root = new DOMParser().parseFromString(content, 'image/svg+xml').documentElement;
      return { tag: root.tagName, title: root.querySelector('title').textContent, text: root.textContent, classes: root.querySelectorAll('[class^=u-]').length,
        fills: new Set([...root.querySelectorAll('rect, path')].map(each => each.getAttribute('fill'))).size, wide: +root.getAttribute('width') };
    }, fs.readFileSync(file, 'utf8'));
    if (told.tag !== 'svg' || !told.title || !told.text.includes(text) || told.classes || told.fills < 4 || told.wide < 500)
      wrong.push(`${picture}: ${JSON.stringify(told).slice(0, 300)}`);
  }
  await page.close();
  tell(`saved pictures of ${name}`, wrong);
}

// The map can be enlarged by buttons and by keys, says what is seen of it, and stays within the page; a click
// on it, and arrow keys, show which frames and what to type.
async function checkMap(browser, name) {
  const { page, said } = await open(browser, name, 800, 'light', true), wrong = [];
  const look = () => page.evaluate(() => {
    const box = document.querySelector('.map'), map = box.querySelector('svg');
    return {
      times: map.getBoundingClientRect().width / box.clientWidth, left: box.scrollLeft, top: box.scrollTop,
      seen: box.parentNode.querySelector('.tools [role=status]').textContent, wide: document.documentElement.scrollWidth,
      parts: map.querySelectorAll('path, rect').length,
    };
  });
  const { parts } = await look();
  const expect = async (what, times, seen) => {
    const now = await look();
    if (Math.abs(now.times - times) > .1) wrong.push(`${what}: it is ${now.times} times as wide`);
    if (!now.seen.includes(seen)) wrong.push(`${what}: ${now.seen}`);
    if (now.wide > 800) wrong.push(`${what}: the page is ${now.wide} wide`);
    if (now.parts !== parts) wrong.push(`${what}: ${now.parts} parts, not ${parts}`);
    return now;
  };
  const press = async text => (await page.evaluateHandle(
    label => [...document.querySelectorAll('button')].find(button => button.textContent === label), text)).click();
  const chosen = () => page.$eval('.map ~ .panel', panel => panel.innerText);
  const clicked = async (x, y) => {
    const box = await (await page.$('.map svg')).boundingBox();
    await page.mouse.click(box.x + x * box.width, box.y + y * box.height);
    return chosen();
  };
  await expect('at first', 1, 'all of memory');
  await page.$eval('.map', box => box.scrollIntoView({ block: 'center' }));
  const { x, y, width, height } = await (await page.$('.map svg')).boundingBox();
  await page.mouse.move(x + .5 * width, y + .4 * height);
  const hovered = await chosen();
  if (!/Frame/.test(hovered) || !hovered.includes("kwalk -c 'frames -l ")) wrong.push(`the mouse shows ${hovered}`);
  const first = await clicked(.5, .5);
  if (!/^Close/.test(first) || !first.includes("kwalk -c 'whatis ")) wrong.push(`a click shows ${first}`);
  await page.focus('.map');
  await page.keyboard.press('ArrowDown');
  const second = await chosen();
  if (second === first || !second.includes("kwalk -c 'whatis ")) wrong.push(`a key shows ${second}`);
  await page.keyboard.press('Escape');
  if (await chosen()) wrong.push('Escape leaves what was chosen');
  await press('Larger');
  await press('Larger');
  const before = await expect('two clicks', 4, '4 times: rows from ');
  await page.focus('.map');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowDown');
  await new Promise(done => setTimeout(done, 500));
  const after = await look();
  if (after.left === before.left || after.top === before.top) wrong.push('arrow keys do not move it');
  await page.keyboard.press('+');
  await expect('a key', 8, '8 times');
  await page.evaluate(() => document.querySelector('.map').scrollTo(0, 0));
  await new Promise(done => setTimeout(done, 200));
  await expect('the beginning', 8, 'rows from 0 to ');
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run());
  wrong.push(...violations.map(({ id, nodes }) => `axe: ${id}: ${nodes[0].html.slice(0, 120)}`));
  await page.keyboard.press('0');
  await expect('all of it', 1, 'all of memory');
  await press('Smaller').catch(() => {});
  await expect('no smaller', 1, 'all of memory');
  await page.close();
  tell(`the map of ${name}`, [...said, ...wrong]);
}

// What each section looks at, in the order of a story, and the folded rest.
async function checkStory(browser, name) {
  const { page, said: wrong } = await open(browser, name, 1600, 'light', true);
  const heads = await page.$$eval('h2', all => all.map(each => each.id).join(' '));
  if (!heads.startsWith('next end findings memory processes kernel space log facts')) wrong.push(`sections: ${heads}`);
  // What ended it, where, by whom and what to type next are on the first screen of a phone, too.
  for (const [width, height] of [[1600, 1000], [800, 1000], [400, 860]]) {
    await page.setViewport({ width, height });
    await new Promise(done => setTimeout(done, 200));
    const first = await page.evaluate(bottom => [...document.querySelectorAll('h1, .where, .steps li, #next ~ .commands li:first-child')]
      .filter(each => each.getBoundingClientRect().bottom <= bottom).map(each => each.innerText).join('\n'), height);
    for (const words of ['a write in kernel mode to 8', 'PID 3 shell', 'in schedule+0x4', 'vmlinux.c:', 'next in the trace', '60 ms before the end', "kwalk -c 'sym schedule+0x4'"])
      if (!first.replace(/\s+/g, ' ').includes(words)) wrong.push(`first screen of ${width}: no ${words}`);
  }
  const seen = () => page.$$eval('h2', all => all.filter(each => (each.closest('details') || { open: true }).open).map(each => each.id).join(' '));
  if (/log|facts|unknown/.test(await seen())) wrong.push(`open: ${await seen()}`);
  await page.click('nav a[href="#log"]');
  await new Promise(done => setTimeout(done, 200));
  if (!/log/.test(await seen())) wrong.push('a link does not open what is folded');
  const functions = await page.$$eval('table', all => [...all.find(each => each.caption.textContent.startsWith('Calls')).tBodies[0].rows].map(row => row.cells[1].textContent));
  if (`${functions}` !== 'schedule+0x4,schedule_timeout+0x10 perhaps,start_kernel+0x3') wrong.push(`calls: ${functions}`);
  await page.emulateMediaType('print');
  await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
  if (!/log.*facts/.test(await seen())) wrong.push('print leaves parts folded');
  const printed = await page.evaluate(() => ({
    controls: [...document.querySelectorAll('input, nav, .tools button, .commands button')].filter(each => each.checkVisibility()).length,
    paper: getComputedStyle(document.documentElement).backgroundColor, clipped: [...document.querySelectorAll('.long, .map')].filter(each => getComputedStyle(each).overflowY !== 'visible').length,
  }));
  if (printed.controls || printed.clipped || printed.paper !== 'rgb(252, 252, 250)') wrong.push(`printed: ${JSON.stringify(printed)}`);
  await page.close();
  tell(`the story of ${name}`, wrong);
}

// The map drawn anew by what of it is in the dump, as a picture of its own.
async function checkContents(browser, name) {
  const { page, said: wrong } = await open(browser, name, 800, 'light', true);
  const press = async text => (await page.evaluateHandle(
    label => [...document.querySelectorAll('button')].find(button => button.textContent === label), text)).click();
  const state = () => page.evaluate(() => ({ title: document.querySelector('.map title').textContent, legend: document.querySelector('.legend').checkVisibility() }));
  const before = await state();
  await press('By what is in the dump');
  const after = await state();
  if (!/by use/.test(before.title) || before.legend) wrong.push(JSON.stringify(before));
  if (!/in the dump/.test(after.title) || !after.legend) wrong.push(JSON.stringify(after));
  if (await page.$('.map .u-slab')) wrong.push('uses are still drawn');
  await page.close();
  tell(`what of ${name} is in the dump`, wrong);
}

// A table that is wider than a phone says so until it is scrolled to its end.
async function checkClipped(browser, name) {
  const { page, said: wrong } = await open(browser, name, 400, 'light', true);
  const all = await page.$$eval('.wide', boxes => boxes.filter(box => box.checkVisibility()).map(box => [box.scrollWidth > box.clientWidth + 4, box.classList.contains('clipped')]));
  if (!all.some(([wide]) => wide)) wrong.push('no table is wide');
  if (all.some(([wide, said]) => wide !== said)) wrong.push(`${all}`);
  const left = await page.evaluate(async () => {
    const box = document.querySelector('.clipped');
    box.scrollLeft = box.scrollWidth;
    await new Promise(done => setTimeout(done, 200));
    return box.classList.contains('clipped');
  });
  if (left) wrong.push('it says so at its end, too');
  await page.close();
  tell(`wide tables of ${name}`, wrong);
}

// The largest map that there can be, of a terabyte whose every cell is unlike the next: tests/cli/report.bats
// makes such a dump, this only the page.
async function checkLarge(browser, name) {
  const text = fs.readFileSync(`${name}.html`, 'utf8'), [, before, data, after] = /^([^]*<script type="application\/json" id="data">)([^]*?)(<\/script>[^]*)$/.exec(text);
  const it = JSON.parse(data), uses = it.shades.map(({ use, slab_cache }) => ({ use, slab_cache }));
  it.map_cell = 32 << 20;
  it.map = [...Array(32768).keys()].map(i => ({ start: `0x${(i * it.map_cell).toString(16)}`, cells: 1, ...uses[i % uses.length], state: 'present', damaged: true, partly: i % 2 === 0 }));
  fs.writeFileSync('large.html', before + JSON.stringify(it).replace(/</g, '\\u003c') + after);
  const { page, said: wrong } = await open(browser, 'large', 1600, 'light', true);
  const { ScriptDuration, LayoutDuration, RecalcStyleDuration } = await page.metrics(), spent = ScriptDuration + LayoutDuration + RecalcStyleDuration;
  if (fs.statSync('large.html').size > 5e6) wrong.push(`${fs.statSync('large.html').size} bytes`);
  // Twice that, as the machine may do other things.
  if (spent > 2) wrong.push(`${spent.toFixed(2)} s of work`);
  if (await page.$$eval('.map path', all => all.length) < uses.length) wrong.push('uses are missing');
  await page.close();
  tell(`a page of a terabyte opens in a second (${spent.toFixed(2)} s of work)`, wrong);
}

const browser = await puppeteer.launch({
  executablePath, pipe: true, args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
});
for (const name of names) {
  for (const width of widths)
    for (const theme of themes) await check(browser, name, width, theme);
  for (const theme of themes) await checkAccess(browser, name, theme);
  await checkText(browser, name);
}
for (const step of [checkScript, checkSearch, checkTheme, checkSaved]) await step(browser, names[0]);
for (const name of names.slice(0, 2)) await checkMap(browser, name);
for (const step of [checkContents, checkClipped, checkLarge]) await step(browser, names[0]);
await checkStory(browser, 'panic');
await checkCopy(browser, 'panic');
await checkFleet(browser, 'fleet');
await browser.close();
console.log(`1..${number}`);
process.exit(failed ? 1 : 0);
