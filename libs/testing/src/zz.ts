import { startPostgres } from '@muster/testing/startPostgres';
console.time('start');
const s = await startPostgres();
console.timeEnd('start');
console.log(s);
console.time('stop');
await s.stop();
console.timeEnd('stop');
