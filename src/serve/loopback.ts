/** True for an address of this machine. */
export const isLoopback = (address: string): boolean =>
  address === '::1' || /^(?:::ffff:)?127(?:\.\d{1,3}){3}$/.test(address);

/** True for a `Host` header, with or without port, that can only mean this machine. */
export const isLoopbackHost = (host: string | undefined): boolean => {
  if (host === undefined) return true; // HTTP/1.0: no browser asks so
  const name = host
    .toLowerCase()
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '');
  return name === 'localhost' || name.endsWith('.localhost') || isLoopback(name);
};
