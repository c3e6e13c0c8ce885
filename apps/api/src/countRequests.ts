import { type RequestHandler } from 'express';
import { type Metrics } from '@muster/runtime/metrics';
import { routeOf } from './routeOf.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60];

/** Counts the answers of the API, and how long they took, by their route: before all that may answer. */
export function countRequests(metrics: Metrics): RequestHandler {
  const count = metrics.counter({
    name: 'muster_http_requests_total',
    help: 'Requests answered, or broken off by their caller (status 499)',
    labels: ['method', 'route', 'status'],
  });
  const time = metrics.histogram({
    name: 'muster_http_request_duration_seconds',
    help: 'From the arrival of a request to the end of its answer',
    labels: ['method', 'route'],
    buckets: BUCKETS_S,
  });
  return (req, res, next) => {
    const startedAt = performance.now();
    res.on('close', () => {
      const method = METHODS.includes(req.method) ? req.method : 'OTHER';
      const route = routeOf(req);
      count({ method, route, status: res.writableFinished ? String(res.statusCode) : '499' });
      time({ method, route }, (performance.now() - startedAt) / 1000);
    });
    next();
  };
}
