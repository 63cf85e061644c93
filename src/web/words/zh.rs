//! 简体中文.

use super::Words;

/// What the pages say in Chinese.
pub const CHINESE: Words = Words {
    lang: "zh-Hans",
    own_name: "简体中文",
    script: "js/words/zh.js",

    come_in: "欢迎",
    pick_a_name_lead: "起个名字就能进来，不需要别的。",
    your_name: "你的名字",
    join_the_conversation: "加入聊天",
    read_along_first: "先随便看看",
    figures: |grouped, _, since| {
        let since = since.map_or_else(String::new, |year| format!("自 {year} 年以来，共 "));
        format!("{since}{grouped} 条消息")
    },

    rooms: "房间",
    new_room: "新建房间",
    direct: "私聊",
    closed_room: "不公开的房间：",
    mentions_of_you: "次提到你",
    unread: "条未读",
    pick_a_name: "起个名字",
    sign_out: "退出",

    joined: "已加入",
    no_room_yet: "还没有房间，来创建第一个吧。",
    new_room_lead: "所有进来的人都能看到这个房间，也都能在里面发言。",
    name: "名称",
    topic: "话题",
    topic_hint: "一句话说明用途，可不填",
    address: "地址",
    address_hint: "不填则由名称生成",
    open_the_room: "创建房间",
    cancel: "取消",

    jump_to_date: "跳到日期",
    day: "日期",
    in_utc: "（UTC）",
    go_there: "前往",
    people: "成员",
    people_in_this_room: "房间成员",
    here: "在线",
    away: "离开",
    typing: ["{} 正在输入…", "{} 和 {} 正在输入…", "好几个人正在输入…"],
    and_more: |count| format!("另有 {count} 人"),
    tell_me_of: "提醒我",
    levels: ["所有消息", "提到我的", "都不提醒"],
    desktop_notifications: "显示桌面通知",
    join_this_room: "加入房间",
    leave_this_room: "离开房间",
    older_messages: "更早的消息",
    newer_messages: "更新的消息",
    room_begins: ["", " 的历史从这里开始。"],
    nothing_said_yet: "还没有人发言，来说第一句吧。",
    marked_message: "链接指向的消息：",
    jump_to_latest: "跳到最新",

    react_to_marked: "回应标出的消息",
    edit_or_delete: "编辑或删除",
    answer_marked: |name| format!("回复 {name} 的这条消息"),
    message_to: |room| format!("在 {room} 发言"),
    send: "发送",
    pick_a_name_to_write: "起个名字，开始发言",
    not_now: |why| format!("暂时发不出去：{why}。你写的内容还在。"),

    edit: "编辑",
    edit_your_message: "编辑消息",
    message_in: "消息所在房间：",
    save: "保存",
    delete_lead: "删除后，所有人都看不到这条消息的内容，只在历史中保留它的位置。",
    delete_the_message: "删除消息",

    account: "账号",
    handle_lead: |handle| format!("改名后，@{handle} 不变；只要你还在某处保持登录，它就一直归你。"),
    language: "语言",
    colours: "外观",
    as_the_system: "跟随系统",
    light: "浅色",
    dark: "深色",
    signed_in_at: "已登录的地方",
    a_browser: "浏览器",
    a_program: "程序（令牌）",
    this_one: "（当前）",
    since: |time| format!("自 {time} 起"),
    end_it: "结束",
    sign_out_lead: |name| {
        format!(
            "这里没有密码。在所有地方都退出之后，谁也不能再用 {name} 这个名字，包括你自己。\
             已发出的消息会保留，还没发出的会丢失。"
        )
    },
    sign_out_here: "在这里退出",
    sign_out_everywhere: "在所有地方退出",
    sign_out_failed: "服务器没有应答，你可能仍未退出。请重试。",

    go_back: "返回",
    request: "请求编号",
    status: |status| match status {
        400 | 422 => "无法读取请求",
        401 => "请先登录",
        403 => "没有权限",
        404 => "找不到",
        405 => "不支持这种操作",
        408 => "请求超时",
        409 => "与已有内容冲突",
        413 => "内容太大",
        415 => "无法识别的格式",
        421 => "不是这台服务器",
        503 => "请稍后再试",
        _ => "出错了",
    },
    translate,
};

fn translate(english: &str) -> Option<&'static str> {
    Some(match english {
        // Names
        "pick a name" => "请起个名字",
        "at most 32 characters (about 20 of other scripts)" => "最多 32 个字符（汉字约 20 个）",
        "letters, digits and - _ . only, no spaces" => "只能用文字、数字和 - _ .，不能有空格",
        "this name has a meaning of its own, pick another one" => "这个名字另有用途，请换一个",
        "somebody here has this name, or one that looks like it" => {
            "已经有人用了这个名字，或者看起来一样的名字"
        }
        "a name is needed" => "请填写名称",
        "at most 80 characters" => "最多 80 个字符",
        "nothing of this name can be seen" => "这个名称里没有可见的字符",
        "one line, without control characters and invisible ones" => {
            "只能是一行，不能有控制字符和看不见的字符"
        }
        "marks stand on letters, at most 8 on one" => "附加符号必须跟在字母后面，每个字母最多 8 个",
        // Rooms
        "at most 250 characters" => "最多 250 个字符",
        "this address is taken by the page that makes rooms" => {
            "这个地址是新建房间的页面，请换一个"
        }
        "1 to 63 of a-z, 0-9 and -, not starting with -" => {
            "1 到 63 个字符，只能用 a-z、0-9 和 -，不能以 - 开头"
        }
        "there is a room at this address" => "这个地址已经有房间了",
        "join the room to change it" => "加入房间后才能修改它。",
        "join the room to add somebody to it" => "加入房间后才能添加别人。",
        "only who made the room may remove others" => "只有房间的创建者才能移除别人。",
        "join the room to keep a read mark in it" => "加入房间后才能记录已读位置。",
        // Messages
        "write something" => "请写点什么",
        "control characters other than tab and newline are not allowed" => {
            "除制表符和换行外，不能有控制字符"
        }
        "at most 8,000 characters" => "最多 8,000 个字符",
        "too much white space around the text" => "文字前后的空白太多",
        "there is no such message in this room" => "这个房间里没有这条消息",
        "this message was deleted" => "这条消息已被删除",
        "it is somebody else's message" | "It is somebody else's message." => "这是别人的消息。",
        "you have posted something else under this nonce" => "这份表单已经发送过别的内容",
        "this message has 50 different ones, that is enough" => "这条消息已有 50 种表情，足够了",
        "at most 10 of yours on one message" => "每条消息最多添加 10 种自己的表情",
        // The server
        "the server is stopping" => "服务器正在停止",
        "the server is busy" => "服务器正忙",
        "too many changes are waiting" => "排队的操作太多",
        "another program holds the database locked" => "数据库被另一个程序锁住了",
        "the database is read-only" => "数据库是只读的",
        "the disk is full or failing" => "磁盘已满或出了故障",
        "the disk is full, or the file has reached its limit" => "磁盘已满，或文件已达到上限",
        "the database is damaged" => "数据库已损坏",
        "There is nothing here, or nothing for you." => "这里没有内容，或者你无权查看。",
        "Join or sign in first." => "请先加入或登录。",
        "This address does not take this method." => "这个地址不支持这种操作。",
        "The request comes from another site." => "请求来自别的网站。",
        "Something went wrong on the server. It was noted." => "服务器出了问题，已经记录下来。",
        "The request took too long to arrive." => "请求没有及时送达。",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        message::body_fault,
        room::{slug_fault, topic_fault},
        user::{handle_fault, name_fault},
    };

    #[test]
    fn what_a_form_is_refused_for_is_said_in_chinese() {
        let long = "x".repeat(10_000);
        let wide = format!("x{}", " ".repeat(10_000));
        let faults = [
            ["", "a b", "me", &long].map(handle_fault),
            ["", "a\nb", "\u{200b}", &long].map(name_fault),
            ["", "new", "-", &long].map(slug_fault),
            ["", "\u{0}x", &wide, &long].map(body_fault),
            [
                Some("somebody here has this name, or one that looks like it"),
                topic_fault(&long),
                None,
                None,
            ],
        ];
        for fault in faults.into_iter().flatten().flatten() {
            assert!(translate(fault).is_some(), "{fault}");
        }
    }
}
