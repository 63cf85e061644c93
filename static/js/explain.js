// What the server says where it refuses something.

import { loadModule } from "./lazy_modules.js";
import { explainError, t } from "./messages.js";

const lang = document.documentElement.lang;

/**
 * Why the server refused, as a sentence in the page's language: from the code of its problem+json or, behind a proxy,
 * from the status alone.
 */
export async function explain(response) {
  const [problem] = await Promise.all([response.json().catch(() => null), loadModule(`locale/errors-${lang}`)]);
  const [fault] = Object.values(problem?.errors ?? {});
  const reason = explainError({ host: location.hostname, ...(fault ?? problem) });
  return reason ?? t("refused", { status: Math.min(response.status, 503) });
}
