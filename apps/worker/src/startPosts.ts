import { deliverPost, type PostDeps } from '@muster/messaging/deliverPost';
import { type ClaimedPost } from '@muster/messaging/posts';
import { type BellWorker } from '@muster/pipeline/taskBell';
import { workUnrung } from './workUnrung.ts';

const AT_ONCE = 16; // they wait for others, and a company has but a few under way

/** Starts a worker on what organisations are to be told of texts. Nobody rings: the texts of a second go together. */
export function startPosts(deps: PostDeps): Promise<BellWorker> {
  const list = {
    ...{ name: 'posts', claim: () => deps.posts.claim(), log: deps.log },
    execute: (post: ClaimedPost, stop: AbortSignal) => deliverPost(post, deps, stop),
  };
  return workUnrung(list, { concurrency: AT_ONCE });
}
