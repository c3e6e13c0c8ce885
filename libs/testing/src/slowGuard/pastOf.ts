import { type Theme } from '@muster/core/contactExporter';
import { type FrequencyLimit, type RulePack } from '@muster/core/rulePacks/rulePack';
import { type SlowInteraction, type SlowPerson, type SlowQuestion } from './slowWorld.ts';

const HOUR_MS = 3_600_000;

/** Themes whose calls are counted. */
export function isCountedTheme(theme: Theme | null): boolean {
  return theme !== null && (theme.startsWith('opsColl') || theme === 'agentNotification');
}

/** How many attempts a limit counts: what was tried, and what runs have reserved. */
export function attemptsBefore(person: SlowPerson, question: SlowQuestion, limit: FrequencyLimit): number {
  let attempts = 0;
  for (const past of person.interactions) {
    if (past.isDeleted || past.direction !== 'outbound' || !isCountedTheme(past.theme)) continue;
    if (!['attempted', 'succeeded', 'inProgress'].includes(past.status)) continue;
    if (!limit.channels.includes(past.channel) || !isWithin(past, question, limit.windowHours)) continue;
    if (isAbout(past, question) && isAtPlace(past, person, limit)) attempts++;
  }
  for (const held of person.reservations) {
    if (held.isReleased || held.isConsumed || held.expiresAt <= question.now) continue;
    if (held.run === question.ownRun || !isCountedTheme(held.theme) || !limit.channels.includes(held.channel)) continue;
    if (question.loan === null || held.loan === null || held.loan === question.loan) attempts++;
  }
  return attempts;
}

/** When the last conversation was after which the pack lets nobody call again yet; undefined where there was none. */
export function lastTalk(person: SlowPerson, question: SlowQuestion, { conversation }: RulePack): Date | undefined {
  let last: Date | undefined;
  for (const past of person.interactions) {
    if (past.isDeleted || past.isConversation !== true || !isCountedTheme(past.theme)) continue;
    if (!conversation.channels.includes(past.channel)) continue;
    if (!isWithin(past, question, conversation.windowHours) || !isAbout(past, question)) continue;
    if (!last || past.startedAt > last) last = past.startedAt;
  }
  return last;
}

// one that is on record has been made, even where the clock that it was told by is ahead of ours
function isWithin({ startedAt }: SlowInteraction, { now }: SlowQuestion, hours: number) {
  return startedAt.getTime() >= now.getTime() - hours * HOUR_MS;
}

function isAbout({ loans }: SlowInteraction, { loan }: SlowQuestion) {
  return loan === null || loans === null || loans.length === 0 || loans.includes(loan);
}

// where nobody knows at which contact it was, it counts everywhere
function isAtPlace({ contact }: SlowInteraction, { contacts }: SlowPerson, { places }: FrequencyLimit) {
  const at = typeof contact === 'number' ? contacts[contact] : undefined;
  if (places === 'any' || !at) return true;
  return (at.label === 'personal' || at.label === 'home') === (places === 'personalOrHome');
}
