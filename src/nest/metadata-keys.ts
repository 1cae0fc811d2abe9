/*
 * Internals of Nest, which may change with its major versions. They are written down here, because the entry points
 * that export them differ between Nest 11 and 12.
 */

/** Metadata keys of `@WebSocketGateway()`: that a class is one, its port and its options. */
export const GATEWAY_METADATA = 'websockets:is_gateway';
export const PORT_METADATA = 'port';
export const GATEWAY_OPTIONS = 'websockets:gateway_options';

/** Metadata keys of `@SubscribeMessage()`: that a method is a handler, and its event. */
export const MESSAGE_MAPPING_METADATA = 'websockets:message_mapping';
export const MESSAGE_METADATA = 'message';

/** Metadata key of the decorated parameters of a method. */
export const PARAM_ARGS_METADATA = '__routeArguments__';

/** Metadata key of the options of `@Injectable()`. */
export const SCOPE_OPTIONS_METADATA = 'scope:options';

/** Metadata keys of `@UseGuards()`, `@UsePipes()`, `@UseInterceptors()` and `@UseFilters()`, on classes and methods. */
export const GUARDS_METADATA = '__guards__';
export const PIPES_METADATA = '__pipes__';
export const INTERCEPTORS_METADATA = '__interceptors__';
export const EXCEPTION_FILTERS_METADATA = '__exceptionFilters__';

/** Metadata key of `@Catch()` on a filter: the exception classes. */
export const FILTER_CATCH_EXCEPTIONS = '__filterCatchExceptions__';

/** Metadata key of the `@Inject()` of constructor parameters. Classes inherit it from their base. */
export const SELF_DECLARED_DEPS_METADATA = 'self:paramtypes';

/** Part of the keys of parameters with a decorator of the application. */
export const CUSTOM_PARAMTYPE = '__customRouteArgs__';

/** `WsParamtype.SOCKET` and `WsParamtype.PAYLOAD` of @nestjs/websockets. */
export const SOCKET_PARAMTYPE = 0;
export const PAYLOAD_PARAMTYPE = 3;

/** The error name for a provider that injects a request-scoped one. */
export const REQUEST_SCOPED_CREATE_EXCEPTION = 'RequestScopedCreateException';

/** Metadata keys of `@Module()`. Each is set only if the module has the property. */
export const MODULE_METADATA_KEYS = ['imports', 'exports', 'controllers', 'providers'] as const;
