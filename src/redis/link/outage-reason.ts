/**
 * Why Redis cannot be used.
 *
 * - `refused`: no connection, or it was closed
 * - `timeout`: no answer in time
 * - `overloaded`: too many calls of this node are under way
 * - `auth`: wrong user or password, or a command that the user may not run
 * - `tls`: the connection could not be secured
 * - `full`: Redis is out of memory
 * - `loading`: Redis is reading its data
 * - `replica`: the server is no master
 * - `not-writable`: the server refuses writes (persistence failed, too few replicas)
 * - `cluster`: the Cluster does not serve this part of the keys
 * - `clock`: the server's clock moved during the call
 *
 * @internal
 */
export type OutageReason =
  | 'refused'
  | 'timeout'
  | 'overloaded'
  | 'auth'
  | 'tls'
  | 'full'
  | 'loading'
  | 'replica'
  | 'not-writable'
  | 'cluster'
  | 'clock';
