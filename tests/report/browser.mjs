// SPDX-License-Identifier: GPL-3.0-or-later
// browser.mjs CHROMIUM NAME...: opens NAME.html of this folder, and prints TAP: nothing is asked of
// the network, nothing is complained of, pictures are there, nothing is wider than the window, and
// axe finds no way in which the page shuts people out.
import fs from 'node:fs';
import puppeteer from 'puppeteer-core';

const [executablePath, ...names] = process.argv.slice(2);
const axe = fs.readFileSync('node_modules/axe-core/axe.min.js', 'utf8');
const widths = [800, 1600], themes = ['light', 'dark'];
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
  return { page, said };
}

async function check(browser, name, width, theme) {
  const { page, said: wrong } = await open(browser, name, width, theme, true);
  const pictures = await page.evaluate(picturesOf);
  if (pictures.length < 3) wrong.push(`${pictures.length} pictures`);
  for (const { title, width: wide, height, drawn, letters } of pictures) {
    if (wide < 500 || wide > width || height < 40 || !drawn) wrong.push(`${title}: ${wide} by ${height}, ${drawn} parts`);
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

// Without the script all text is there; with it, typing leaves the rows that have the words.
async function checkScript(browser, name) {
  const wrong = [];
  const plain = (await open(browser, name, 1600, 'light', false)).page;
  const all = await plain.$$eval('tbody tr, ol.log > li', rows => rows.length);
  if (await plain.$('input')) wrong.push('a field is there that does nothing without the script');
  await plain.close();
  const { page } = await open(browser, name, 1600, 'light', true);
  const shown = () => page.$$eval('tbody tr, ol.log > li', rows => rows.filter(row => row.checkVisibility()).length);
  const before = await shown();
  await page.type('input', 'no row has this');
  if (before > all) wrong.push(`${before} rows are shown with the script, ${all} are there without`);
  if (await shown() >= before) wrong.push('typing hides no rows');
  await page.close();
  tell(`${name} with its script and without`, wrong);
}

// The map can be enlarged by buttons and by keys, says what is seen of it, and stays within the page;
// without the script it is whole, and nothing offers what does not work.
async function checkMap(browser, name) {
  const wrong = [];
  const plain = (await open(browser, name, 1600, 'light', false)).page;
  const parts = await plain.$$eval('.map path, .map rect', found => found.length);
  if (await plain.$('button')) wrong.push('a button is there that does nothing without the script');
  if (await plain.$eval('.map', box => box.scrollHeight > box.clientHeight + 1)) wrong.push('without the script the map is cut');
  await plain.close();
  const { page, said } = await open(browser, name, 800, 'light', true);
  const look = () => page.evaluate(() => {
    const box = document.querySelector('.map'), map = box.querySelector('svg');
    return {
      times: map.getBoundingClientRect().width / box.clientWidth, left: box.scrollLeft, top: box.scrollTop,
      seen: document.querySelector('.tools [role=status]').textContent, wide: document.documentElement.scrollWidth,
      parts: map.querySelectorAll('path, rect').length,
    };
  });
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
  await expect('at first', 1, 'all of memory');
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
  tell(`the map of ${name}, enlarged`, [...said, ...wrong]);
}

const browser = await puppeteer.launch({
  executablePath, pipe: true, args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
});
for (const name of names) {
  for (const width of widths)
    for (const theme of themes) await check(browser, name, width, theme);
  for (const theme of themes) await checkAccess(browser, name, theme);
}
await checkScript(browser, names[0]);
for (const name of names.slice(0, 2)) await checkMap(browser, name);
await browser.close();
console.log(`1..${number}`);
process.exit(failed ? 1 : 0);
