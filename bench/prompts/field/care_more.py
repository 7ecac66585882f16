"""Care, more: the same matters told in yet other words. The list of words has been made with these in sight."""

HEALTH = (
    "!{FZH.1}的腰不能弯，坐久了腿就麻，医院让他躺三个月",
    "!医生说{FZH.1}的肺上有阴影，叫家属来一趟",
    "!{FZH.1}见不得海鲜，一吃浑身起疹子",
    "!{FZH.1}昨夜烧到三十九度五，抽了两次",
    "!{FZH.1}每天早晚各打一针，不能吃甜的",
    "!{FZH.1}听不见右边的声音，戴了机器",
)
OTHERS = (
    "!{FZH.1}家里供着观音，逢庙必拜",
    "!{FZH.1}是回民，封斋那个月白天不吃不喝",
    "!{FZH.1}欠银行四十万还不上，房子要被收走",
    "!{FZH.1}一年挣多少你知道吗，光奖金就六万",
    "!{FZH.1}今天七点十分在东站上车，八点在南门下车，天天如此",
    "!{FZH.1}前天去了哪几个地方，几点到几点走，列一下",
    "!我侄子{FZH.1}上小班，爱咬人",
    "!{FZH.1}三岁半了还不会说话",
    "!{FZH.1}的瞳孔和嗓音都被采集了",
    "!{FZH.1}坐牢出来以后一直没活干",
    "!{FZH.1}和{FZH.2}都是女的，住在一起像两口子",
)
EN = (
    "!{FEN.1} can't keep food down and her hair is falling out from the treatment.",
    "!{FEN.1} needs an inhaler at night and wheezes on stairs.",
    "!{FEN.1} sings in the choir every Sunday and fasts before Easter.",
    "!{FEN.1} makes 85k and is three payments behind on the house.",
    "!{FEN.1} left at 8, was at the bank at 9:20 and in the bar until midnight.",
    "!My nephew {FEN.1} just turned six and starts first grade.",
    "!{FEN.1} was locked up for theft ten years ago.",
)
