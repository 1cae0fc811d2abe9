/** How each adapter of HTTP gets the files of `WS_TLS_*`, for messages. */
export const HOW_TO_SERVE_TLS =
  'NestFactory.create(AppModule, { httpsOptions: tlsOptionsFromEnv() }) with Express, ' +
  'new FastifyAdapter({ https: tlsOptionsFromEnv() }) with Fastify';
