/** Style sheet of the sign-in pages. */
export const pageStyle =
  'body{font:16px/1.5 system-ui,sans-serif;max-width:32rem;margin:3rem auto;padding:0 1rem;color-scheme:light dark}fieldset{margin:1rem 0;border:1px solid #888;border-radius:4px}label{display:block;padding:.25rem 0}button{font:inherit;padding:.5rem 1.5rem;margin-right:.5rem}';
