import {
  allowInsecureRequests,
  type AuthorizationServer,
  type ClientAuth,
  customFetch,
  introspectionRequest,
  OperationProcessingError,
  processIntrospectionResponse,
} from 'oauth4webapi';
import { InvalidCredentialError } from '../../errors/invalid-credential.error.js';
import { ProviderFault } from './provider-fault.js';
import { type ProviderTimeout, type ProviderRequest, requestJson } from './provider-http.js';

export interface IntrospectionClientOptions extends ProviderTimeout {
  url: string;
  clientId: string;
  clientSecret: string;
}

/** Asks an authorization server about a token (RFC 7662 §2). */
export class IntrospectionClient {
  private readonly server: AuthorizationServer;
  private readonly authentication: ClientAuth;

  constructor(private readonly options: IntrospectionClientOptions) {
    const { url, clientId, clientSecret } = options;
    // The issuer is checked in the answer.
    this.server = { issuer: url, introspection_endpoint: url };
    this.authentication = basicAuthentication(clientId, clientSecret);
  }

  /**
   * @throws InvalidCredentialError if `active` is not a boolean
   * @throws ProviderUnavailableError if there is no usable answer
   */
  async ask(token: string): Promise<Record<string, unknown>> {
    const { url, clientId, clock, timeoutMs } = this.options;
    const client = { client_id: clientId };
    const response = await introspectionRequest(this.server, client, this.authentication, token, {
      additionalParameters: { token_type_hint: 'access_token' },
      // The options decide whether plain http is allowed.
      [allowInsecureRequests]: url.startsWith('http:'),
      [customFetch]: (to, request) => exchange(to, { ...request, clock, timeoutMs }),
    });
    try {
      return await processIntrospectionResponse(this.server, client, response);
    } catch (error) {
      // The answer is 200 and a JSON object, so only its `active` can be invalid.
      if (error instanceof OperationProcessingError)
        throw new InvalidCredentialError('active is not a boolean', {
          check: 'inactive',
          cause: new ProviderFault('active is not a boolean', { cause: error }),
        });
      throw error;
    }
  }
}

/** Uses our own transport, which limits time and size and follows no redirects. */
async function exchange(url: string, request: ProviderRequest): Promise<Response> {
  return Response.json(await requestJson(url, request));
}

/**
 * Form-encodes both parts before they are joined (RFC 6749 §2.3.1), and encodes only the characters that this
 * requires.
 */
function basicAuthentication(clientId: string, clientSecret: string): ClientAuth {
  const pair = `${formEncoded(clientId)}:${formEncoded(clientSecret)}`;
  const authorization = `Basic ${Buffer.from(pair).toString('base64')}`;
  return (_server, _client, _body, headers) => headers.set('authorization', authorization);
}

function formEncoded(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1);
}
