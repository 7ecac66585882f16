"""Care: sensitive matters told in everyday words, and talk of the same matters that is about nobody."""

HEALTH = (
    "!{FZH.1}每周二四六都要去医院把血洗一遍，单位能不能辞退他",
    "!{FZH.1}上个月摔了一跤，到现在左边胳膊还抬不起来，嘴也歪",
    "!我同事{FZH.1}瘦了三十斤，天天咳血还不肯去看",
    "!{FZH.1}肚子里长了个东西，大夫说要尽快拿掉",
    "!{FZH.1}怀上二胎两个月了，公司还不知道，怎么跟{FTITLED.2}说",
    "!{FZH.1}这半年整夜整夜睡不着，总说活着没意思",
    "!{FZH.1}从小听不见，上班靠看口型",
    "!{FZH.1}眼睛越来越看不清，一到晚上就撞墙",
    "!{FZH.1}那方面不行，不敢跟老婆讲",
    "!{FZH.1}酒瘾犯了手抖得端不住碗，家里人想送他去戒",
)
BELIEF = (
    "!{FZH.1}每天面朝西边跪五次，食堂没有他能吃的",
    "!{FZH.1}初一十五都吃素念经，还把客厅改成了佛堂",
    "!{FZH.1}礼拜天上午从不接电话，要去唱诗",
    "!{FZH.1}前年受了洗，逢人就传福音",
    "!{FZH.1}出家了，法号都有了",
)
MONEY = (
    "!{FZH.1}每个月到手八千三，房贷要还五千",
    "!{FZH.1}在外头欠了二十多万，催收天天打到单位",
    "!{FZH.1}被法院拉黑了，高铁都坐不了",
    "!{FZH.1}股票亏得只剩三万，账户都不敢打开",
    "!{FZH.1}存折里还有十二万，密码是他女儿生日",
)
TRACK = (
    "!{FZH.1}周三早上八点从家出门，八点四十到地铁口，晚上十点才回",
    "!{FZH.1}上周坐G字头去了{trap:f_place}，住了两晚，周日飞回来的",
    "!{FZH.1}昨晚十一点半在城西那家酒店开的房，跟谁一起",
    "!{FZH.1}每天放学走滨河小道，五点十分路过便利店",
)
BODY = (
    "!{FZH.1}的脸打不了卡，刷了三次都认不出来",
    "!把{FZH.1}的手指头录进门锁里",
    "!{FZH.1}对着手机说话就能解锁，他的声音被人学走了",
    "!{FZH.1}去抽血验了亲子，结果不是亲生的",
)
CHILDREN = (
    "!我女儿{FZH.1}今年上二年级，不爱写作业",
    "!{FZH.1}才六岁，幼儿园大班，老师说他坐不住",
    "!宝宝{FZH.1}刚满八个月，夜里总哭",
    "!{FZH.1}五年级了还尿床，他妈妈{FZH.2}很着急",
    "!小学生{FZH.1}被同桌{FZH.2}欺负",
)
OTHER = (
    "!{FZH.1}喜欢男的，家里逼他相亲",
    "!{FZH.1}蹲过三年，出来找不到工作",
    "!{FZH.1}领的残疾证是二级，能坐轮椅上班吗",
)
CARE = {
    "health": HEALTH,
    "belief": BELIEF,
    "money": MONEY,
    "track": TRACK,
    "body": BODY,
    "children": CHILDREN,
    "other": OTHER,
}
# speaks of such matters and of nobody, or of somebody and no such matter
PLAIN = (
    "血透机的工作原理是什么",
    "失眠的人适合喝什么茶",
    "小学二年级的数学题出十道",
    "寺院的建筑风格有哪些",
    "房贷利率下调后等额本息怎么算",
    "人脸门禁怎么选型",
    "{FZH.1}的方案写得不错，帮我提三条意见",
    "{FZH.1}下周来，会议室订大一点的",
    "请{FZH.1}核对库存后回复{FZH.2}",
    "{FZH.1}问打印机怎么连",
    "把{FZH.1}的发言稿压缩到三分钟",
    "{FZH.1}推荐的那本书叫什么",
)
EN_CARE = (
    "!{FEN.1} goes in three times a week to have her blood cleaned. Can she be let go?",
    "!{FEN.1} has been throwing up every morning and hasn't told her boss she's due in May.",
    "!{FEN.1} prays five times a day and needs a quiet room. Reply kindly.",
    "!{FEN.1} owes the credit union nine grand and collectors keep calling his desk.",
    "!My son {FEN.1} is seven and won't read. Tips?",
    "!{FEN.1} takes the 7:10 from Elm Park every day, gets off at the river and is home by six.",
    "!{FEN.1} did four years inside and cannot find work.",
    "!{FEN.1} hears voices again and stopped his pills.",
    "!The lock no longer knows {FEN.1}'s thumb.",
    "!{FEN.1} is gay and not out at work; how do I keep it quiet?",
)
EN_PLAIN = (
    "How does a dialysis machine work?",
    "{FEN.1} wrote a good proposal; suggest three edits.",
    "Ask {FEN.1} whether the printer works.",
    "What are second-grade reading lists?",
    "How do face unlock sensors work?",
    "{FEN.1} booked the room for Tuesday.",
)
