/** Where a connection shall go, as it was written. */
export interface Target {
  scheme: Scheme;
  host: string;
  port: number;
}

export type Scheme = 'https' | 'http' | 'sftp';

/** The ports that need no entry in the operator's list, by what is spoken there. */
export type UsualPorts = Readonly<Record<Scheme, readonly number[]>>;

/** 23 is in the model's own example; 2022 and 2222 are what SFTP servers of containers and clouds take most often. */
export const usualPorts: UsualPorts = { https: [443], http: [80], sftp: [22, 23, 2022, 2222] };
