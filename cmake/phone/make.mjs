// What people/phone.h knows of the world's numbering plans, out of libphonenumber-js's metadata (Google's, Apache-2.0):
// npm ci && node make.mjs. Run it when plans have changed; both files are committed.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { parsePhoneNumberFromString } from 'libphonenumber-js/min';

const require = createRequire(import.meta.url);
const metadata = require('libphonenumber-js/metadata.min.json');
const examples = require('libphonenumber-js/examples.mobile.json');
const people = new URL('../../src/people/', import.meta.url);

// Of a calling code the main region comes first, as libphonenumber has it.
const regions = Object.values(metadata.country_calling_codes).flat();
const line = (region) => {
  const m = metadata.countries[region];
  const [code, idd, pattern, lengths] = m;
  return JSON.stringify([region, code, idd, pattern, lengths, m[7] || m[5] || '', m[8] || '']);
};
writeFileSync(new URL('phone_regions.json', people), `[\n${regions.map(line).join(',\n')}\n]\n`);

// Golden numbers: every region's example, and digits drawn by a fixed seed, written the ways people write them.
let state = 42;
const below = (n) => ((state = (state * 1103515245 + 12345) % 2147483648), Math.floor((state / 2147483648) * n));
const digits = (n) => Array.from({ length: n }, () => below(10)).join('');
const parsed = (text, region) => {
  const phone = parsePhoneNumberFromString(text, region ? { defaultCountry: region, extract: false } : { extract: false });
  // Of a calling code that regions share, a number of any of them is right: which of them does not matter here.
  const plans = phone ? metadata.country_calling_codes[phone.countryCallingCode] : [];
  const fits = plans.some((r) => new RegExp(`^(?:${metadata.countries[r][2]})$`).test(phone.nationalNumber));
  return fits ? phone.number : '';
};
const golden = [];
const add = (region, text) => golden.push([region, text, parsed(text, region)].join('\t'));
for (const region of regions) {
  const [code, , , lengths] = metadata.countries[region];
  const trunk = /^\d+$/.test(metadata.countries[region][5] || '') ? metadata.countries[region][5] : '';
  const own = examples[region] ?? '';
  if (own) {
    add(region, own);
    add(region, trunk + own);
    add('', `+${code} (${trunk})${own}`);
    add('', `+${code} ${own.slice(0, 3)} ${own.slice(3)}`);
    add('FR', `00${code}${own}`);
    add(region, code + own);
  }
  for (let i = 0; i < 4; ++i) {
    const number = String(1 + below(9)) + digits(lengths[below(lengths.length)] - 1);
    add(region, [number, trunk + number, `+${code}-${number}`, `${code}${number}`][i]);
  }
}
writeFileSync(new URL('phone_golden.tsv', people), golden.join('\n') + '\n');
console.log(`${regions.length} regions, ${golden.length} golden numbers`);
