/** Where Google's services live; `GOOGLE_*_URL` name origins that are called in their place. */
export const googleOrigins = {
  auth: 'https://accounts.google.com',
  token: 'https://oauth2.googleapis.com',
  /** Stands for www.googleapis.com too, which serves `userinfo`. */
  api: 'https://gmail.googleapis.com',
  www: 'https://www.googleapis.com',
} as const;

/** How an id token and a callback may name Google: the second is an old spelling, still in use. */
export const googleIssuers = ['https://accounts.google.com', 'accounts.google.com'] as const;
