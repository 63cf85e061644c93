// 简体中文.

import { moment, number, speak } from "../words.js";

const REFUSALS = {
  401: "你已退出登录。",
  403: "你没有权限这样做。",
  404: "这里没有内容，或者你无权查看。",
  409: "与已有的内容冲突，或者消息已被删除。",
  413: "内容太大。",
  422: "内容不合要求：不能为空，最多 8,000 个字符，不能有控制字符。",
};

speak({
  // Sums
  comma: "、",
  messages: (count) => `${number(count)} 条消息`,
  edits: (count) => `${number(count)} 处修改`,
  deletions: (count) => `${number(count)} 条删除`,

  // The history
  history: "消息",
  newMessages: (count) => `${number(count)} 条新消息`,
  deleted: "已删除",
  fresh: "新消息",
  freshSince: (sum) => `离开后的新消息 · ${sum}`,
  whileAway: (sum) => `你离开期间有 ${sum}`,
  older: "更早的消息",
  newer: "更新的消息",
  loading: "正在加载…",
  loadingFailed: "没能加载，点此重试",
  pageLost: "没能加载。",
  latest: "最新",
  unseen: (count) => `${number(count)} 条新消息`,

  // What can be done with a message
  edit: "编辑",
  reply: "回复",
  reactWith: (emoji) => `用 ${emoji} 回应`,
  reactionLost: "服务器没有应答，表情没有改变。",
  delete: "删除",
  pickEmoji: "用其他表情回应",
  findEmoji: "查找表情（英文名称）",
  editField: "你的消息",
  save: "保存",
  cancel: "取消",
  deleteQuestion: "为所有人删除这条消息？",
  changeLost: "服务器没有应答，没有任何改变。",
  copy: "复制代码",
  copied: "已复制",
  notCopied: "浏览器不允许复制。",

  // Writing
  messageTo: (room) => `在 ${room} 发言`,
  suggestions: "匹配的名称",
  switchRoom: "切换房间",
  rooms: "房间",
  draft: "草稿",
  onTheirWay: "等待发送的消息",
  waiting: (count) => `有 ${number(count)} 条消息等待发送，稍后会自动发出`,
  notSent: (why) => `没有发出：${why}`,
  stillMeant: (at) => `写于${moment(at)}，一直没有发出。现在还要发送吗？`,
  retry: "重试",
  send: "发送",
  discard: "放弃",


  // The connection
  connecting: "正在连接…",
  catchingUp: "正在获取错过的消息…",
  reconnecting: "正在重新连接…",
  offline: "网络已断开，等待恢复…",
  signedOut: "你已退出登录。",
  comeBack: "重新进入",
  roomDeleted: "这个房间已被删除。",

  refusal: (status) => REFUSALS[status] ?? (status >= 500 ? "服务器暂时无法处理。" : `服务器拒绝了请求（${status}）。`),
});
