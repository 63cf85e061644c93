# 简体中文。名称与 en.ftl 相同，顺序也相同。

language-name = 简体中文

## 加入

join-server = 加入 { $server }
join-lead = 选一个用户名，不需要密码。
username = 用户名
join = 加入
join-by-invitation = 这台服务器凭邀请加入。请打开收到的邀请链接，或者登录。
sign-in = 登录
browse-without-joining = 不加入，先看看
set-up = 设置 Backscroll
set-up-lead = 在自己的机器上，给大家一个地方，只要两分钟。
server-name = 这个地方的名称
who-can-join = 谁可以加入
door-invite = 有邀请链接的人
door-open = 知道地址的任何人
set-up-create = 创建
set-up-note = 你将是所有者。以前的历史可以之后导入。
invited = { $name } 邀请了你。
invited-as-member = { $name } 邀请了你，你将成为成员。
invited-as-guest = { $name } 邀请了你，你将作为访客，只能看到这个房间。
invited-as-admin = { $name } 邀请了你，你将成为管理员。
invited-as-imported = { $name } 邀请了你，你以前写的内容已经在这里。
invite-room = 你从这里开始：
invite-ends = 这个邀请的有效期到 { $time }。
invite-signed-in = 你在这里已经有账号 @{ $username }。这个邀请是给还没有账号的人的。
signed-in-as = 你已登录为 @{ $username }。
accept-invite = 接受邀请
have-account = 我已经有账号
username-lead = 别人用它提到你，不能更改。
password = 密码
password-lead = 至少 { $min } 个字符，一句话也可以。
sign-in-to = 登录 { $server }
already-member = 已经是成员？
no-account-yet = 还没有帐号？
device-question = 要在这台设备上以 { $username } 的身份登录吗？之后链接将失效。
sign-in-with = 通过 { $provider } 登录
join-with = 通过 { $provider } 加入
not-signed-in = 未登录
not-connected = 未关联
provider-next = 前往 { $provider }
provider-next-lead = 请在那里登录，以便与您的账号关联。
provider-continue = 继续
provider-expired = 时间太长，或者是在另一个浏览器中开始的。请重新开始。
provider-denied = 您没有在 { $provider } 完成登录。
provider-unreachable = 目前无法连接 { $provider }。其他登录方式仍可使用。
provider-not-verified = 无法验证 { $provider } 的回应。请重新开始，或用其他方式登录。
provider-by-invitation = 您在这里还没有与 { $provider } 关联的账号。这台服务器凭邀请加入：请打开收到的邀请链接，或用其他方式登录后在账号页面关联 { $provider }。
provider-proxy = 此服务器的代理
connected-accounts = 已关联的账号
connected-accounts-lead = 可以让您登录此处的其他账号。
connect-provider = 关联 { $provider }
disconnect = 取消关联

## 侧边栏

rooms = 房间
browse-rooms = 浏览房间…
your-rooms = 你的房间
mentions-and-direct = 提及与私信
create-room = 新建房间
direct = 私聊
private-room = 私密房间：
unread = 条未读
mentions = 次提到你
sign-out = 退出登录

## 房间列表，新建房间

joined = 已加入
more-rooms = 更多房间
no-rooms = 还没有房间，来创建第一个吧。
inbox = 收件箱
inbox-mention = 提及
inbox-reply = 回复
inbox-empty = 这里还没有内容。
inbox-empty-next = 有人提及你或回复你时，会显示在这里。
older-items = 更早
mark-all-read = 全部标为已读
mark-unread = 从这里起标为未读
marked-unread = 已标为未读。
favourites = 收藏的房间
add-favourite = 加入收藏
remove-favourite = 取消收藏
muted = 已静音
pinned-messages = 置顶消息
pin-message = 置顶消息
unpin = 取消置顶
message-pinned = 已置顶。
message-unpinned = 已取消置顶。
no-pinned-messages = 这里还没有置顶消息。
no-pinned-messages-next = 想让大家快速找到的内容可以置顶：打开消息菜单，选择“置顶消息”。
saved-messages = 已保存的消息
save-message = 稍后查看
unsave = 从已保存中移除
message-saved = 已保存。
message-unsaved = 已从保存的消息中移除。
no-saved-messages = 你还没有保存任何消息。
no-saved-messages-next = 打开消息菜单，选择“稍后查看”。只有你能看到自己保存的内容。
forward-message = 转发…
forward-lead = 以引用的形式把 { $name } 的消息发到另一个房间。
forward-to = 房间
forward-comment = 附言
forward = 转发
no-room-to-forward = 没有其他可以发言的房间。
more-actions = 更多操作
read-by = 已读：{ $names }
read-by-nobody = 还没有其他人读过。
hide-reading = 不让他人看到我读过哪些消息（我也看不到他人的）
create-room-lead = 这台服务器上的所有人都可以阅读和发言。
room-name = 名称
topic = 话题
url = 网址
optional = （可选）
cancel = 取消

## 房间

jump-to-date = 跳到日期
date = 日期
go = 前往
people = 成员
people-in-room = 房间成员
imported = 导入
online = 在线
offline = 离线
typing =
    { $count ->
        [1] { $first } 正在输入…
        [2] { $first } 和 { $second } 正在输入…
       *[other] 多人正在输入…
    }
more-people = 另有 { $count } 人
notify-me-about = 通知我
notify-all = 所有消息
notify-mentions = 仅提到我的
notify-nothing = 不通知
desktop-notifications = 桌面通知
join-room = 加入房间
leave-room = 离开房间
older-messages = 更早的消息
newer-messages = 更新的消息
beginning = { $room } 的历史从这里开始。
add-people = 添加成员
add-topic = 添加话题
no-messages = 还没有消息，来写第一条吧。
linked-message = 链接指向的消息：
jump-to-latest = 跳到最新

room-menu = 房间菜单

## 房间设置与私信

new-room = 新
new-message = 新私信
to-people = 收件人
to-people-lead = 用户名，用空格分隔，最多 9 人。
start-conversation = 开始对话
hide-conversation = 隐藏对话
who-can-read = 谁可以阅读
closed-room-lead = 只有成员能看到，由管理者添加成员。
room-settings = 房间设置
back-to-room = 返回房间
room-is-archived = 这个房间已归档，不能再发消息。
announcements-only = 只有管理者可以发消息
only-managers-post = 只有房间的管理者才能在这里发消息。
auto-join = 服务器的新成员自动加入这个房间
members = 成员
more-members = 更多成员
add-person = 添加成员
add = 添加
remove = 移除
manager = 管理者
make-manager = 设为管理者
make-member = 设为成员
closing-and-deleting = 归档、关闭、删除
archive-lead = 归档的房间可以阅读，但不能再添加内容。
archive-room = 归档房间
unarchive-lead = 这个房间已归档。
unarchive-room = 取消归档
close-room-hint = 关闭的房间只有成员能看到。
close-room = 关闭房间
close-room-lead = 只有成员能看到 { $room } 和其中的内容。关闭的房间不能重新公开。其地址保持不变：尝试该地址的人能看出它已被占用。
delete-room = 删除房间
delete-room-lead = { $room } 及其所有消息将为所有人删除，无法撤销。

## 话题

thread = 话题
reply-in-thread = 在话题中回复
follow-thread = 关注
following-thread = 已关注
follow-thread-lead = 新回复计为未读
close = 关闭
reply-count =
    { $count ->
        [0] 还没有回复
       *[other] { $count } 条回复
    }
earlier-replies = 更早的回复
later-replies = 更新的回复
also-in-room = 同时发到 { $room }
unread-replies = { $count } 条未读
replies-one = 条回复
replies-other = 条回复
replied-in-thread = 在话题中

## 写消息

react-to-linked = 回应链接指向的消息
edit-or-delete = 编辑或删除
reply-to = 回复 { $name }
message-to = 在 { $room } 发言
send = 发送
sign-in-to-post = 登录后发言
post-unavailable = { $reason }你写的内容还在。

## 编辑和删除

edit = 编辑
edit-message = 编辑消息
message-in = { $room } 里的消息
your-message = 你的消息
save = 保存
delete = 删除
delete-lead = 删除后，所有人都看不到这条消息的内容，只在历史中保留它的位置。
delete-message = 删除消息
delete-question = 为所有人删除这条消息？
change-failed = 服务器没有应答，没有任何改变。

## 账号

account = 账号
display-name = 显示名称
username-fixed = 你的用户名 @{ $username } 不能更改。
language = 语言
theme = 主题
theme-system = 跟随系统
theme-light = 浅色
theme-dark = 深色
passkeys = 通行密钥
passkeys-lead = 用指纹、面容、PIN 或安全密钥登录，不必输入密码。
passkeys-need-scripts = 要添加通行密钥，请启用 JavaScript。
passkey-name = 名称
add-passkey = 添加通行密钥
passkey-known = 此设备已有您账号的通行密钥。
passkey-failed = 没有成功：浏览器未给出通行密钥。请重试。
sign-in-by-passkey = 用通行密钥登录
active-sessions = 登录中的会话
browser = 浏览器
api-token = API 令牌
this-session = （当前）
since = 自 { $time } 起
person-since = 加入时间：{ $time }
end-session = 结束会话
old-password = 当前密码
new-password = 新密码
new-password-lead = 至少 { $min } 个字符，可以是一句话。
set-password-lead = 有了密码，您就可以再次登录，也可以在其他设备上登录。
set-password = 设置密码
change-password = 更改密码
sign-out-elsewhere = 在其他所有地方退出
last-used = 上次使用：{ $time }
another-device = 另一台设备
another-device-lead = 一个让您在手机或另一台电脑上登录的链接：只能用一次，10 分钟内有效。
show-device-link = 显示链接和二维码
device-link-lead = 用另一台设备扫描二维码，或在那里打开链接。只能用一次，{ $time } 前有效。
access-tokens = 访问令牌
access-tokens-lead = 供以您的身份运行的程序使用。令牌只显示一次。
new-token = 新建令牌
token-created = 请现在复制令牌，以后不会再显示。
token-name = 名称
token-may = 权限
scope-read = 阅读
scope-post = 发布
scope-admin = 管理
scope-all = 全部
token-rooms = 仅限这些房间（按网址）
token-expires = 到期日
revoke = 撤销
sign-out-lead-proxied = 您由此服务器前的代理登录。请在那里退出。
sign-out-lead-connected = 您可以用已关联的账号再次登录。未发送的消息会丢失。
sign-out-lead-password = 您可以用密码或通行密钥再次以 { $username } 的身份登录。未发送的消息会丢失。
sign-out-lead = 你没有密码，也没有通行密钥。在所有地方都退出登录之后，谁也不能再用 { $username } 这个名字，包括你自己。已发出的消息会保留，还没发出的会丢失。
sign-out-here = 退出此浏览器
sign-out-everywhere = 在所有地方退出登录
sign-out-failed = 服务器没有应答，你可能仍处于登录状态，请重试。

## 代替忘记的密码的链接

choose-new-password = 为 @{ $handle } 设置新密码。此链接只能使用一次。
set-password-and-sign-in = 设置密码并登录

## 成员管理

find-person = 查找成员
everyone = 所有人
admins = 管理员
guests = 访客
disabled-accounts = 已停用的账号
disabled = 已停用
nobody-found = 没有找到。
next-people = 更多成员
audit-log = 审计日志
operator = 运维人员
method-password = 密码
method-passkey = 通行密钥
method-device-link = 另一台设备的链接
method-password-link = 设置新密码的链接
method-identity = 已关联的账号
audit-sign-in = 已登录（{ $method }）
audit-sign-in-refused = 登录被拒绝 { $count } 次（{ $method }）
earlier-entries = 更早的记录
role = 角色
role-admin = 管理员
role-member = 成员
role-guest = 访客
role-bot = 机器人
time-zone = 时区
about-you = 关于你
message-person = 发消息
enable-account = 启用账号
disable-account = 停用账号
disable-lead = 停用后无法再登录，消息会保留。
ban-lead = 封禁会停用账号，并永久结束其会话。
hide-messages = 同时删除所有消息
hide-messages-lead = 对方的所有消息都会为所有人删除，且无法撤销。
own-role = 更改自己的角色
own-role-lead = 你将变为{ $role }，不再管理此服务器。只有其他管理员才能恢复。
ban = 封禁

## 屏蔽、举报、删除账号、合并

block = 屏蔽
unblock = 取消屏蔽
blocked = 已屏蔽
blocked-people = 已屏蔽的人
block-lead = 屏蔽此人后，其消息会对你折叠，也不会再通知你。对方不会知道。
blocked-people-lead = 对方的消息会对你折叠，也不会再通知你。对方不会知道。
blocked-lead = 你已屏蔽此人，对方不知道。
blocked-message = 你屏蔽的人发的消息
report = 举报
report-message = 举报消息
report-lead = 管理员和房间的管理者会看到 { $name } 的这条消息现在的内容，以及你写的理由，其他人不会知道。
reason = 理由
reported = 已举报，谢谢。
report-failed = 服务器没有应答，消息没有被举报。
reports = 举报
reported-was-deleted = 此消息后来已被删除。
no-reports = 没有待处理的举报。
reported-by = 由 { $name } 举报。
private-message = 在你看不到的房间里
dismiss = 忽略
ban-author = 封禁作者
delete-account = 删除账号
delete-account-lead = 你会离开所有房间，并在所有地方退出登录，用户名 { $username } 可以被别人使用。无法撤销。
your-messages = 你的消息
keep-messages = 保留，显示为已删除的账号
erase-messages = 为所有人删除
confirm-username = 输入你的用户名以确认
merge-into = 合并到账号
merge = 合并
merge-lead = 这个导入成员的消息、表情回应和房间将属于该账号。无法撤销。
everybody-in-room = 房间里的所有人
room-mentions-by-all = 所有人都可以用 @room 提到整个房间，不仅限于管理者
local-time = 当地时间 { $time }
block-failed = 服务器没有应答，没有任何改变。
profile = 个人资料

## 管理

administration = 管理
people-and-invites = 成员和邀请
name = 名称
you = 你
banned = 已封禁
imported-people = 已导入
last-seen = 上次在线
last-seen-on = 上次在线：{ $day }
never = 从未
end-sessions = 结束会话
end-sessions-lead = 已在 { $count } 台设备上登录。
role-of = @{ $username } 的角色
invite-people = 邀请成员
they-join-as = 加入身份
good-for = 可用人数
people-count = { $count } 人
invite-ends-in = 到期
in-days = { $count } 天后
room-they-start-in = 初始房间
optional-but-for-guests = （可选，访客必填）
make-invite = 生成邀请链接
open-invites = 有效的邀请
open-invite = 有效的邀请
invite-for = 对象
invite-used = 已使用
made-by = 由 { $name } 创建
invite-made-lead = 在到期之前，任何拥有此链接的人都可以加入。链接只显示一次。
copy-link = 复制链接
invite-guests = 邀请访客
invite-guests-lead = 访客不需要已有账号。他们只能看到此房间和其中的成员。
password-link = 设置新密码的链接
password-link-lead = 忘记密码？一次性链接可让此人在 24 小时内设置新密码。
password-link-made = 请将此链接发送给 @{ $username }。打开链接的人可设置新密码并登录。链接只能使用一次，也只显示一次。
link-ends = 此链接于 { $time } 失效。
make-password-link = 生成链接
hide-presence = 不让他人看到我是否在线以及上次在线时间
find-room = 查找房间
messages = 消息
last-message = 最后一条消息
archived = 已归档
joined-by-everyone = 所有人加入
begin-auto-join = 让所有人加入
end-auto-join = 不再自动加入
archive = 归档
unarchive = 取消归档
closed-rooms-hidden = 你未加入的私密房间和私信不会列出。

## 审计日志的内容

audit-server-setup = 设置了服务器
audit-setup-link = 生成了设置链接
audit-server-update = 更改了服务器
audit-invite-create = 创建了邀请
audit-invite-revoke = 撤销了邀请
audit-invite-redeem = 接受了邀请
audit-user-add = 创建了账号：
audit-user-update = 更改了账号：
audit-user-ban = 封禁了
audit-user-delete = 删除了账号：
audit-sign-in-link = 生成了新密码链接：
audit-end-sessions = 结束了会话：
audit-user-password = 设置了密码：
audit-token-create = 创建了 API 令牌：
audit-token-revoke = 撤销了 API 令牌：
audit-room-create = 创建了房间
audit-room-update = 更改了房间
audit-room-delete = 删除了房间
audit-member-add = 添加到房间：
audit-member-role = 更改了房间角色：
audit-member-remove = 移出房间：
audit-user-merge = 合并到其他账号：
audit-report-decide = 处理了举报：
audit-own-password = 设置了密码
audit-own-token = 创建了 API 令牌
audit-own-device-link = 创建了登录其他设备的链接
audit-own-passkey-add = 添加了通行密钥
audit-own-passkey-remove = 移除了通行密钥
audit-own-identity-add = 关联了外部账号
audit-own-identity-remove = 取消关联了外部账号
audit-message-delete = 删除了消息：

## 错误页面

go-back = 返回
request-id = 请求编号
status-invalid = 无效的请求
status-sign-in = 请先登录
status-forbidden = 没有权限
status-not-found = 找不到
status-method = 不支持的方法
status-timeout = 请求超时
status-conflict = 冲突
status-too-large = 内容太大
status-unsupported = 不支持的格式
status-wrong-host = 主机名不对
status-unavailable = 暂时不可用
status-error = 出错了

## 错误（按代码）：各种字段

error-required = 请填写此项。
error-repeated = 此项重复了。
error-wrong-type = 此项必须是文字。
error-not-an-id = 这不是编号，编号只含数字。
error-not-a-time = 请用日期，或 2026-11-22T05:41:03Z 这样的时间。
error-time-passed = 请选择将来的时间。
error-out-of-range = 请用 { $min } 到 { $max } 之间的数字。
error-too-many = 太多：最多 { $max } 个。
error-unknown-value = 只能是其中之一：{ $known }。
error-cannot-change = 此项不能更改。
error-too-long = 太长：最多 { $max } 个字符。
error-not-one-line = 只能是一行，不能有控制字符和不可见的字符。
error-too-many-marks = 附加符号必须跟在字母后面，每个字母最多 { $max } 个。

## 不能使用的名称

error-handle-empty = 请选一个用户名。
error-handle-too-long = 太长：最多 { $max } 个字符，非拉丁文字约 20 个。
error-handle-invalid = 只能用文字、数字和 - _ .，不能有空格。
error-handle-reserved = 这个名字是保留的。
error-handle-taken = 这个名字已有人使用，请换一个。
error-name-empty = 请填写名称。
error-name-invisible = 这个名称里没有可见的字符。
error-name-taken = 这个名字已有人使用，请换一个。
error-handle-unconfirmed = 请输入你的用户名以确认。
error-time-zone-invalid = 请填写时区名称，例如 Asia/Shanghai。

## 不能使用的密码

error-sign-in-refused = 用户名与密码不匹配。
error-password-wrong = 这不是您的密码。
error-identity-taken = 它已与别人的账号关联。
error-last-way-in = 您没有其他登录方式。请先设置密码。
error-passkey-refused = 未接受此通行密钥。它可能已被移除，或者页面打开得太久。请重试。
error-no-passkeys = 通行密钥需要服务器的公开 https 地址，而管理者尚未设置。
error-sign-in-again = 请先退出并重新登录。只有在登录后 10 分钟内才能这样做。
error-token-scope = 此令牌不能用于这项操作。
error-password-too-short = 太短：至少 { $min } 个字符。
error-password-too-long = 太长：最多 { $max } 个字符。
error-password-common = 这是最常用的密码之一，请换一个。
error-password-is-name = 密码不能与您的名字相同。

## 不能创建或更改的房间

error-slug-invalid = 1 到 { $max } 个字符，只能用 a-z、0-9 和 -，不能以 - 开头。
error-slug-reserved = 这个网址是保留的。
error-slug-taken = 这个网址已被使用，请换一个。
error-slug-not-chosen = 只有公开房间可以自选网址。
error-room-name-taken = 已有同名的公开房间，请换一个。
error-only-open-rooms = 仅限公开房间。
error-people-out-of-range = { $min } 到 { $max } 人，包括你自己。
error-yourself = 这是你自己。
error-too-many-blocked = 你已屏蔽 { $max } 人，不能再多了。
error-person-blocked = 你已屏蔽此人。
error-no-such-person = 没有使用这个用户名的人。
error-no-such-room = 没有这个房间。
error-join-first = 请先加入房间。
error-not-manager = 只有房间的管理者才能这样做。
error-only-managers-post = 只有房间的管理者才能在这里发消息。
error-room-archived = 这个房间已归档。
error-direct-room = 私信和其中的人不能更改。
error-guests-create-no-rooms = 访客不能创建房间。
error-admin-sign-in = 管理员的登录方式只能在服务器上用命令更改。
error-not-admin = 只有管理员才能这样做。
error-added-too-often = 今天已有很多人把此人添加到房间。请让对方自己加入。

## 不能发送的消息

error-body-empty = 请写点什么。
error-body-too-long = 太长：最多 { $max } 个字符。
error-body-padded = 文字前后的空白太多。
error-body-control-characters = 除制表符和换行外，不能有控制字符。
error-no-such-message = 这个房间里没有这条消息。
error-message-deleted = 这条消息已被删除。
error-cannot-sign-in = 没有人能登录此账号。
error-last-admin = 服务器至少需要一位管理员。
error-sign-out-first = 你已经有账号了。要用这个邀请创建另一个账号，请先退出登录。
error-not-imported = 没有导入过、并且尚未加入的人用这个用户名。
error-not-a-duration = 请用数字加单位（m、h、d 或 w），如 7d，最多 366d。
error-invite-only = 这台服务器凭邀请加入。
error-account-disabled = 此账号已停用。请联系服务器的管理员。
error-not-author = 只能更改自己的消息。
error-nonce-invalid = 随机码必须是 1 到 { $max } 个可见的 ASCII 字符。
error-nonce-ambiguous = 请求里有两个不同的随机码。
your-picture = 你的头像
upload = 上传
remove-picture = 移除头像
error-not-a-picture = 这不是 PNG、JPEG、GIF 或 WebP 图片，或者太大了。
files = 文件
no-files = 还没有文件。发送消息时可以添加。
older-files = 更早的文件
error-upload-gone = 有文件已不在服务器上，请重新添加。
error-offset-conflict = 这个文件在服务器上的长度不同。
error-upload-too-large = 文件不能超过 { $max } 字节。
error-files-full = 你的文件已用完可用空间（{ $max } 字节）。请删除一些带文件的消息。
error-server-files-full = 服务器存放文件的空间已满（{ $max } 字节）。请联系管理员。
error-nonce-reused = 这份表单已经发送过别的内容。
error-anchor-ambiguous = before、after、around 和 at 只能用一个。
error-not-an-emoji = 这不是一个表情。
error-too-many-reactions = 这条消息不能再有更多种表情了。
error-too-many-own-reactions = 每条消息最多添加 { $max } 种自己的表情。
error-type-invalid = 1 到 { $max } 个字符，只能用 a-z、0-9 和 . _ -，以字母开头。
error-type-reserved = 这个名称是保留的。
error-payload-too-large = 太大：最多 { $max } 字节。
error-payload-unreadable = 数据的嵌套太深，或者有不完整的字符或过大的数字。

## 服务器错误

error-stopping = 服务器正在重启。
error-busy = 服务器正忙。
error-database-replaced = 数据库文件被移走、删除或替换了。
error-database-locked = 数据库被另一个程序锁住了。
error-database-read-only = 数据库是只读的。
error-database-damaged = 数据库已损坏。
error-disk-failing = 磁盘已满或出了故障。
error-disk-full = 磁盘已满，或文件已达到上限。
error-not-stored = 未能保存更改。
error-newer-version = 这项更改来自更新的版本。
error-internal = 服务器出了问题，已记入日志。

## 不能处理的请求

error-malformed = 服务器读不懂这个请求。
error-sign-in-needed = 请先加入或登录。
error-other-site = 请求来自别的网站。
error-not-found = 这个页面不存在，或者你没有访问权限。
error-method-not-allowed = 这个地址不支持这种方法。
error-not-acceptable = 这个页面没有所要求的格式。
error-too-many-requests = 操作太频繁，请在 { $seconds } 秒后再试。
error-too-slow = 请求没有及时送达。
error-too-large = 内容太大。
error-unsupported-type = 服务器不支持这种格式。
error-unsupported-encoding = 服务器不接受压缩的请求。
error-unsupported-version = 服务器不支持这个版本的上传协议。
error-unsupported-charset = 服务器只接受 UTF-8 文字。
error-misdirected = 这台服务器不使用 { $host } 这个名称。如果应该使用，请用 --host { $host } 启动它，或用 --public-url 加上大家使用的地址。
error-no-fields = 请求里没有任何字段。
error-refused = 服务器不能处理这个请求。

## 历史（脚本）

history = 消息
new-messages = { $count } 条新消息
message-count = { $count } 条消息
edit-count = { $count } 处修改
deletion-count = { $count } 条删除
list-separator = 、
edited = 已编辑
deleted = 已删除
reply-to-earlier = 回复更早的消息
new-divider = 新消息
new-since = 离开后的新消息 · { $summary }
while-away = 你离开期间有 { $summary }
loading = 正在加载…
load-failed = 没能加载，点此重试
page-failed = 没能加载。
latest = 最新
unseen = { $count } 条新消息

## 对消息的操作（脚本）

reply = 回复
react-with = 用 { $emoji } 回应
react-with-any = 用其他表情回应
find-emoji = 查找表情（英文名称）
reaction-failed = 服务器没有应答，表情没有改变。
copy-code = 复制代码
copy-text = 复制文字
show-all = 显示全部
months = 月份
year-before = 上一年
year-after = 下一年
copied = 已复制
copy-failed = 浏览器不允许复制。

ban-question = 要封禁 @{ $username } 吗？账号将被停用，其会话将永久结束。

## 发件箱（脚本）

attach-files = 添加文件
remove-file = 移除 { $name }
upload-of = 正在上传 { $name }
too-many-files = 一条消息最多 { $max } 个文件。
file-gone = 有文件已不在此浏览器中，请重新添加。
not-loaded = 无法连接服务器，请重试。
picture = 图片
previous-picture = 上一张图片
next-picture = 下一张图片
download = 下载
suggestions = 建议
jump-to = 跳到…
draft = 草稿
outbox = 正在发送的消息
waiting = 恢复联网后将发送 { $count } 条消息
not-sent = 没有发出：{ $reason }
send-still = 写于{ $time }，还没有发出。现在发送吗？
retry = 重试
discard = 放弃

## 连接（脚本）

connecting = 正在连接…
catching-up = 正在获取错过的消息…
reconnecting = 正在重新连接…
waiting-for-network = 离线，正在等待网络…
signed-out = 你已退出登录。
sign-in-again = 重新登录
room-lost = 这个房间已不存在，或者你没有访问权限。
refused =
    { $status ->
        [401] 你已退出登录。
        [403] 你没有权限这样做。
        [404] 它不存在，或者你没有访问权限。
        [409] 与已有的内容冲突，或者消息已被删除。
        [413] 内容太大。
        [422] 必须有 1 到 8,000 个字符，不能有控制字符。
        [503] 服务器暂时不可用。
       *[other] 服务器拒绝了请求（{ $status }）。
    }

## 侧边栏和快捷键（脚本）

unread-rooms = { $count } 个未读
reconnecting-now = 正在重新连接…
signed-out-short = 已退出登录
find-room-or-person = 查找房间或成员
people-and-direct = 成员与私信
elsewhere = 其他
create-room-called = 创建房间“{ $name }”
try-now = 立即重试
keys-title = 键盘快捷键
keys-everywhere = 任何位置
keys-writing = 输入时
keys-close = 关闭
keys-new-line = 换行
keys-edit-last = 编辑你的上一条消息
keys-complete-person = 补全名字
keys-scroll = 滚动历史记录
keys-rows = 上一条或下一条消息
keys-ends = 第一条或最后一条消息
keys-actions = 消息的操作
