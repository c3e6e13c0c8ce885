import { type Schemas } from '@muster/client/openClient';
import { dateIn } from '@muster/core/calendarDate';
import { dispatchAt } from '@muster/core/dispatchTime';
import { createCampaign, createExporter } from './campaignRuns.ts';
import { type House } from './house.ts';
import { zoneAtNoon } from './zoneAtNoon.ts';

const CANDIDATES = 20; // the second of the minute follows from the id: with so many, one comes up within seconds
const ROOM_MS = 4_000; // for the schedule to be set before its time comes
const MINUTE_MS = 60_000;

/** Creates a campaign whose schedule falls due within seconds; gives its id. */
export async function scheduleSoon(house: House, { sftp }: { sftp: Schemas['SftpBody'] }): Promise<string> {
  const contactExporterId = await createExporter(house);
  const ids: string[] = [];
  for (let i = 0; i < CANDIDATES; i++) ids.push(await createCampaign(house, { sftp, contactExporterId }));
  const now = await house.db.now();
  const timeZone = zoneAtNoon(now);
  const windows = [0, 1].map((minutes) => windowAt(new Date(now.getTime() + minutes * MINUTE_MS), timeZone));
  const due = ids.flatMap((campaignId) =>
    windows.map((window) => {
      const at = dispatchAt({ campaignId, window, timeZone, date: dateIn(timeZone, now) });
      return { campaignId, window, inMs: at.getTime() - now.getTime() };
    }),
  );
  const [soonest] = due.filter(({ inMs }) => inMs > ROOM_MS).sort((a, b) => a.inMs - b.inMs);
  if (!soonest) throw new Error('no campaign is due within two minutes');
  await house.db.execute(
    `update company set time_zone = $2, dispatch_from = $3, dispatch_to = $4, catch_up_until = '23:00' where id = $1`,
    [house.companyId, timeZone, soonest.window.from, soonest.window.to],
  );
  const { status } = await house.api.call('PUT', `/campaigns/${soonest.campaignId}`, { schedule: 'P P * * *' });
  if (status !== 200) throw new Error(`the schedule was answered with ${status}`);
  return soonest.campaignId;
}

/** The minute of an instant, as a window. */
function windowAt(instant: Date, timeZone: string) {
  const time = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const from = time.format(instant);
  return { from, to: time.format(new Date(instant.getTime() + MINUTE_MS)) };
}
