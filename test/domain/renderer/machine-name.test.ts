import { expect, test } from 'vitest';
import { shortCpu, shortVendor } from '../../../main/words/machine-name.ts';

test.each([
  ['AMD Ryzen 9 5950X 16-Core Processor', 'AMD Ryzen 9 5950X'],
  ['Intel(R) Core(TM) i7-8700K CPU @ 3.70GHz', 'Intel Core i7-8700K'],
  ['AMD Ryzen Threadripper PRO 5955WX 16-Cores', 'AMD Ryzen Threadripper PRO 5955WX'],
  ['Intel(R) Xeon(R) CPU E5-2680 v2 @ 2.80GHz', 'Intel Xeon E5-2680 v2'],
  ['12th Gen Intel(R) Core(TM) i9-12900K', '12th Gen Intel Core i9-12900K'],
])('%s is %s', (model, name) => {
  expect(shortCpu(model)).toBe(name);
});

test.each([
  ['ASUSTeK COMPUTER INC.', 'ASUS'],
  ['Micro-Star International Co., Ltd.', 'MSI'],
  ['Gigabyte Technology Co., Ltd.', 'Gigabyte'],
  ['Supermicro', 'Supermicro'],
  ['Somebody', 'Somebody'],
])('%s is %s', (vendor, name) => {
  expect(shortVendor(vendor)).toBe(name);
});
