import { dirname } from 'node:path';
import { createRequire } from 'node:module';
import express, { type RequestHandler, Router } from 'express';

const assets = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
const ASSETS = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'];
// Its own file: the policy of the page lets no script in that stands in the page itself.
// It leaves out what the page would make its examples of: the patterns that say "no control characters", all tildes and braces,
// and the largest integer that there is.
const START = String.raw`const plain = (text) =>
  text.replaceAll(/,"pattern":"\^\[\^\\\\u0000[^"]*"/g, '').replaceAll(',"maximum":${Number.MAX_SAFE_INTEGER}', '');
SwaggerUIBundle({ url: 'openapi.json', dom_id: '#page', deepLinking: true, docExpansion: 'none',
  validatorUrl: null, defaultModelsExpandDepth: -1, displayOperationId: true, tryItOutEnabled: false,
  responseInterceptor: (answer) =>
    new URL(answer.url, location.href).pathname.endsWith('/openapi.json') ? { ...answer, text: plain(answer.text) } : answer });`;
const page = (title: string) => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>${title}</title>
    <link rel="stylesheet" href="docs/swagger-ui.css" />
    <link rel="icon" type="image/png" href="docs/favicon-32x32.png" />
  </head>
  <body>
    <div id="page"></div>
    <script src="docs/swagger-ui-bundle.js"></script>
    <script src="docs/start.js"></script>
  </body>
</html>
`;

/** The description of the API, open to all: for programs at `/openapi.json`, for people at `/docs`, without the internet. */
export function descriptionRoutes(document: { info: { title: string } }): Router {
  const json = JSON.stringify(document);
  const router = Router({ strict: true }); // the page's addresses are relative to /docs, not to /docs/
  router.get('/openapi.json', send('application/json', json));
  router.get('/docs', send('text/html', page(document.info.title)));
  router.get('/docs/', (_req, res) => res.redirect(301, '../docs'));
  router.get('/docs/start.js', send('text/javascript', START));
  const serve = express.static(assets, { index: false, redirect: false });
  for (const asset of ASSETS) {
    router.get(`/docs/${asset}`, (req, res, next) => {
      req.url = `/${asset}`;
      return serve(req, res, next);
    });
  }
  return router;
}

function send(type: string, text: string): RequestHandler {
  return (_req, res) => void res.type(type).send(text);
}
