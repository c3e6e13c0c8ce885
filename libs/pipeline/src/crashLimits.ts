/** After so many crashes a step runs in a process of its own; one more parks the run. */
export const CRASHES_BEFORE_ISOLATION = 2;

/** At this crash of a step its run is parked. */
export const PARKING_CRASH = CRASHES_BEFORE_ISOLATION + 1;
