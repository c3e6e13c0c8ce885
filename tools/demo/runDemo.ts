import { startRedash } from '../redash/startRedash.ts';
import { startGateways } from '../gateways/startGateways.ts';
import { startSftpServer } from '../sftp/startSftpServer.ts';
import { type Api, callApi } from './callApi.ts';
import { demoEnvironment } from './demoEnvironment.ts';
import { type DemoDeps } from './demoDeps.ts';
import { type DemoHome, writePrivately } from './demoHome.ts';
import { type DemoRun } from './demoRun.ts';
import { factsOf } from './factsOf.ts';
import { followRun, startOrJoinRun } from './followRun.ts';
import { makeDatabase } from './makeDatabase.ts';
import { placeLines } from './placeLines.ts';
import { prepareCampaign } from './prepareCampaign.ts';
import { prepareCompany } from './prepareCompany.ts';
import { requireRedis } from './requireRedis.ts';
import { runCli } from './runCli.ts';
import { pastDueQuery } from './seedLender.ts';
import { showOutcome } from './showOutcome.ts';
import { showText } from './showText.ts';
import { startApps } from './startApps.ts';
import { startDatabase } from './startDatabase.ts';
import { stepBoard } from './stepBoard.ts';
import { takePort } from './takePort.ts';
import { textLines } from './textLines.ts';

const RUN_TIMEOUT_MS = 300_000;
const SFTP_USER = 'demo';
const QUERY_ID = 1;

/** The demo from its start to the end of its run. True: the run succeeded, and what the SFTP server has is what the API serves. */
export async function runDemo(deps: DemoDeps): Promise<boolean> {
  const { home, say } = deps;
  const redisUrl = process.env['REDIS_URL'];
  if (redisUrl) await requireRedis(redisUrl);
  say('Starting PostgreSQL …');
  const outside = await startOutside(deps);
  const { databaseUrl, redash, gateways } = outside;
  const env = demoEnvironment(home, { databaseUrl, redashUrl: redash.url, gateways: gateways.place });
  await runCli(['migrate'], env);
  say(`Starting the API, a worker and a scheduler; the queue is in ${redisUrl ? 'Redis' : 'PostgreSQL'} …`);
  const [apiUrl, company] = await Promise.all([startApps(deps, env), prepareCompany(deps, env)]);
  const api = callApi(apiUrl, company.apiKey);
  const campaignId = await prepareCampaign(api, surroundingsOf(home, outside));
  const run = await showRun(api, campaignId, say);
  const facts = factsOf({ apiUrl, company, campaignId, run, ...placesOf(home, outside, apiUrl) });
  const delivered = await showOutcome(run, { api, home, say, path: `/campaigns/${campaignId}/runs/${run.id}` });
  const isAnswered = await showText({ facts, api, say, gateways, gatewaySecret: home.kept.gatewaySecret });
  writePrivately(home.demoJson, facts);
  say('\nWhere everything is:');
  for (const line of placeLines({ facts, databaseUrl, home, cwd: process.cwd() })) say(`  ${line}`);
  say('\nTo bring in a text of your own, as a carrier does:');
  for (const line of textLines(facts, home.demoJson)) say(`  ${line}`);
  return delivered && isAnswered;
}

type Outside = Awaited<ReturnType<typeof startOutside>>;

async function startOutside(deps: DemoDeps) {
  const { home, started } = deps;
  const { kept } = home;
  const databaseUrl = await makeDatabase(await startDatabase(deps), 'muster');
  const [redashPort, sftpPort] = [await takePort(kept.ports.redash), await takePort(kept.ports.sftp)];
  const ports = { ...kept.ports, redash: redashPort, sftp: sftpPort, gateways: await takePort(kept.ports.gateways) };
  const queries = [{ id: QUERY_ID, name: '30 or more days past due', sql: pastDueQuery }];
  const redash = await startRedash({
    databaseUrl,
    port: ports.redash,
    queries,
    userKeys: [kept.redashApiKey],
  });
  const sftp = await startSftpServer({
    ...{ directory: home.sftp, port: ports.sftp, username: SFTP_USER },
    ...{ password: kept.sftpPassword, hostKey: kept.sftpHostKey },
  });
  const gateways = await startGateways({ secret: kept.gatewaySecret, port: ports.gateways });
  started.add(redash, sftp, gateways);
  home.keep({ ports });
  return { databaseUrl, redash, sftp, gateways };
}

function placesOf({ kept, sftp: directory }: DemoHome, { redash, sftp, gateways }: Outside, apiUrl: string) {
  const { host, port } = sftp;
  return {
    redash: { url: redash.url, apiKey: kept.redashApiKey },
    sftp: { host, port, username: SFTP_USER, password: kept.sftpPassword, directory },
    texts: { smsUrl: apiUrl.replace(/api$/, 'sms'), sentUrl: gateways.textUrl, chargedUrl: gateways.chargeUrl },
  };
}

function surroundingsOf({ kept }: DemoHome, { redash, sftp }: Outside) {
  return {
    redashQueryUrl: `${redash.url}/queries/${QUERY_ID}`,
    redashApiKey: kept.redashApiKey,
    sftpSettings: {
      host: `${sftp.host}:${sftp.port}`,
      username: SFTP_USER,
      password: kept.sftpPassword,
      hostKeyFingerprint: sftp.hostKeyFingerprint,
    },
  };
}

async function showRun(api: Api, campaignId: string, say: DemoDeps['say']): Promise<DemoRun> {
  const { runId, joined } = await startOrJoinRun(api, campaignId);
  say(`\nRun ${runId} of campaign ${campaignId}${joined ? ', which was under way already' : ''}:`);
  const show = stepBoard(process.stdout);
  return followRun(api, `/campaigns/${campaignId}/runs/${runId}`, {
    onLook: ({ steps }) => show(steps),
    timeoutMs: RUN_TIMEOUT_MS,
  });
}
