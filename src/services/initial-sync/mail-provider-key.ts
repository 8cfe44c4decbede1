/** The providers whose mail can be read once as history; the values of `connections.provider_key`. */
export const mailProviderKeys = ['outlook', 'gmail'] as const;

export type MailProviderKey = (typeof mailProviderKeys)[number];

/** The provider's name as a person writes it. */
export const mailProviderNames = {
  outlook: 'Outlook',
  gmail: 'Gmail',
} as const satisfies Record<MailProviderKey, string>;
