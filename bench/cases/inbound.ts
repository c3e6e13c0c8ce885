import { createHash } from 'node:crypto';
import { createApiKey } from '@muster/db/apiKeys';
import { insertCompany } from '@muster/testing/factories';
import { smsSeeds } from '@muster/testing/smsSeeds';
import { waitFor } from '@muster/testing/waitFor';
import { percentile } from '../../test/faults/figures.ts';
import { type Gateways, startGateways } from '../../tools/gateways/startGateways.ts';
import { type Bench, type Case } from '../bench.ts';
import { type Figure, withUnit } from '../figure.ts';
import { type House, inHouse } from '../house.ts';
import { loadHttp, type LoadRequest } from '../loadHttp.ts';

const NAME = 'inbound';
const WANTED_MS = 100;
const CONNECTIONS = 64;
const WARM_UP_S = 3;
const ALL_WITHIN_MS = 600_000;

/**
 * Texts that come in by the second: how long the carrier waits for its 200, while their worker is away, and while one handles
 * what has come.
 */
export const inbound: Case = { name: NAME, isQuick: false, measure };

interface Scene {
  house: House;
  carrierKey: string;
  channel: string;
}

async function measure(bench: Bench): Promise<Figure[]> {
  const gateways = await startGateways();
  bench.started.add(gateways);
  try {
    const settings = { ALLOW_HTTP: gateways.place };
    return await inHouse(bench, { name: NAME, counts: { scheduler: 0, worker: 0 }, settings }, async (house) => {
      const scene = await furnish(house, gateways);
      await bring(scene, WARM_UP_S);
      const alone = await bring(scene, house.bench.sizes.inbound.seconds);
      await house.start('worker');
      await untilHandled(house);
      return [figureOf(house, alone.latenciesMs), await hold(scene, gateways)];
    });
  } finally {
    await gateways.stop();
  }
}

/** A company whose campaign answers each text, and a key of its carrier. */
async function furnish(house: House, { textUrl }: Gateways): Promise<Scene> {
  const gateways = JSON.stringify({ text: { url: textUrl, secret: null } });
  const companyId = await insertCompany(house.db, { gateways });
  const { channel } = await smsSeeds(house.db.forCompany(companyId)).campaignOnShortcode();
  return { house, channel, carrierKey: (await createApiKey(house.db, { companyId, role: 'carrier' })).key };
}

async function hold(scene: Scene, gateways: Gateways): Promise<Figure> {
  const { house } = scene;
  const { seconds } = house.bench.sizes.inbound;
  const before = gateways.texts.length;
  const startedAt = performance.now();
  const { latenciesMs } = await bring(scene, seconds);
  await untilHandled(house);
  const handledPerSecond = latenciesMs.length / ((performance.now() - startedAt) / 1_000);
  await checkOrder(house);
  const answered = gateways.texts.length - before;
  if (answered !== latenciesMs.length)
    throw new Error(`${latenciesMs.length} texts came in, ${answered} were answered`);
  const figure = figureOf(house, latenciesMs, ', a worker beside it');
  return { ...figure, samples: { ...figure.samples, handledPerSecond: [handledPerSecond] } };
}

function figureOf(house: House, latenciesMs: number[], meanwhile = ''): Figure {
  const { perSecond, seconds } = house.bench.sizes.inbound;
  const [p50 = NaN, p99 = NaN, max = NaN] = [0.5, 0.99, 1].map((share) => percentile(latenciesMs, share));
  return {
    ...{ case: NAME, what: `${perSecond} texts a second for ${seconds} s, p99 to the carrier’s 200${meanwhile}` },
    ...{ ours: withUnit(p99, 'ms'), peer: '', value: p99, unit: 'ms', wanted: { atMost: WANTED_MS } },
    samples: { p50: [p50], p99: [p99], max: [max] },
  };
}

let brought = 0;

function bring({ house, carrierKey, channel }: Scene, seconds: number) {
  const { perSecond, numbers } = house.bench.sizes.inbound;
  const requests = function* (): Generator<LoadRequest> {
    for (;;) {
      const msisdn = `4520${String(++brought % numbers).padStart(6, '0')}`;
      const body = JSON.stringify({ messageId: `text-${brought}`, msisdn, channel, text: 'GIV' });
      const headers = { Authorization: carrierKey, 'Content-MD5': createHash('md5').update(body).digest('hex') };
      yield { method: 'POST', path: '/sms/SmsMO', headers, body };
    }
  };
  return loadHttp({ url: house.url, requests: requests(), clients: CONNECTIONS, seconds, perSecond });
}

async function untilHandled({ db }: House) {
  const isDone = async () => (await db.query(`select from sms_message where state = 'Received' limit 1`)).length === 0;
  await waitFor(isDone, { timeoutMs: ALL_WITHIN_MS, everyMs: 200, what: 'the texts to be handled' });
}

/** Throws where a text was handled before an earlier one of its number, or met an error. */
async function checkOrder({ db }: House) {
  const wrong = await db.query(
    `select from (select state, processed_at, lag(processed_at) over (partition by msisdn order by number) as earlier
       from sms_message) as handled
     where state <> 'Processed' or processed_at < earlier`,
  );
  if (wrong.length > 0) throw new Error(`${wrong.length} texts were handled out of their order, or not at all`);
}
