/** TypeScript's own DOM types do not know Trusted Types yet. */
interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string | null }): unknown;
}

/**
 * Lets scripts be loaded from these addresses of the site and from nowhere else, under a policy with
 * `require-trusted-types-for 'script'`. Angular's service worker is registered with a plain string,
 * which only a policy named `default` can vouch for. Markup gets no such leave: Angular has its own.
 */
export function trustScripts(addresses: readonly string[]): void {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  const trusted = new Set(addresses.map((address) => new URL(address, document.baseURI).href));
  trustedTypes?.createPolicy('default', {
    // With null the browser refuses and reports, as for any other breach of the policy.
    createScriptURL: (url) => (trusted.has(new URL(url, document.baseURI).href) ? url : null),
  });
}
