import { type Log } from '@muster/core/log';
import { nextTryAfter, toldOf } from '@muster/pipeline/nextTryAfter';
import { type WebhookReceiver } from '@muster/pipeline/webhookReceiver';
import { postDelay } from './postDelay.ts';
import { type ClaimedPost, type PostKind, type Posts } from './posts.ts';

export interface PostDeps {
  posts: Posts;
  receiver: WebhookReceiver;
  log: Log;
}

/** By which a receiver tells one kind from another: the body is a bare list. */
const TYPES: Record<PostKind, string> = { received: 'SmsMO.received', sent: 'SendSms.sent' };

/**
 * Makes one try of a post, and writes down what came of it. At least once: a worker that dies between sending and recording
 * leaves it to be sent again, under the same id. Throws only where nothing could be recorded: then its lease runs out.
 */
export async function deliverPost(post: ClaimedPost, deps: PostDeps, signal: AbortSignal): Promise<void> {
  const { posts, receiver, log } = deps;
  const { postGuid: id, companyId, kind, tries, url, triedAt: sentAt, items } = post;
  const fields = { postGuid: id, companyId, kind, items: items.length, tries };
  try {
    const body = JSON.stringify(items);
    await receiver.send({ url, id, type: TYPES[kind], sentAt, body, secret: post.readSecret() }, signal);
  } catch (error) {
    if (signal.aborted) return posts.release(post);
    const { code } = toldOf(error);
    const delayMs = nextTryAfter(error, postDelay(tries));
    log[delayMs === undefined ? 'error' : 'warn'](delayMs === undefined ? 'post.givenUp' : 'post.notDelivered', {
      ...fields,
      code,
    });
    return delayMs === undefined ? posts.giveUp(post, code) : posts.postpone(post, delayMs, code);
  }
  await posts.noteDelivered(post);
  log.info('post.delivered', fields);
}
