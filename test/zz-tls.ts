import { tlsOptionsFromEnv } from "../src/handshake/tls/tls-options.js"; const x: {cert: string; key: string} = tlsOptionsFromEnv(); const y: number = "a"; export {x,y};
