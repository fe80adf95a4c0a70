// Whose domains are whose: what the configuration says of domains and tenants, as the pipeline looks it
// up. Plain data, so that it can be handed to a thread.

/**
 * The tenant of the operator: everything belongs to it while no domains are configured, and afterwards
 * what belongs to nobody. An MSP gives its customers tenants of their own.
 */
export const OPERATOR_TENANT = "default";

/** What a tenant may be called: it goes into statements as a literal. */
export const TENANT_PATTERN = /^[a-z0-9][a-z0-9._-]{0,62}$/;

/** One domain as configured. Names are lower case A-labels, addresses lower case. */
export interface DomainEntry {
  domain: string;
  tenant: string;
  /** Other policy domains that are counted on this one. */
  aliases: readonly string[];
  /** MX hosts, exact or "*.example.com": DANE reports name them for the domain. */
  mx: readonly string[];
  /** Addresses of rua=mailto: that are this domain's alone. */
  addresses: readonly string[];
  /** Keys of rua=https://.../v1/tlsrpt/<key> that are this domain's alone. */
  keys: readonly string[];
}

/** A configured domain by one of its names. */
export interface Owner {
  tenant: string;
  domain: string;
}

/** Owners by name. A name that several domains share (an MX host) has several. */
export interface Directory {
  /** True while no domain is configured: then everything is taken, for OPERATOR_TENANT. */
  open: boolean;
  domains: ReadonlyMap<string, Owner>;
  mx: ReadonlyMap<string, readonly Owner[]>;
  addresses: ReadonlyMap<string, readonly Owner[]>;
  keys: ReadonlyMap<string, readonly Owner[]>;
}

/** The directory without any domain. */
export const OPEN_DIRECTORY: Directory = {
  open: true,
  domains: new Map(),
  mx: new Map(),
  addresses: new Map(),
  keys: new Map(),
};
