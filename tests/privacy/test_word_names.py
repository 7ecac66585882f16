"""Names that make words of the language, where what stands beside them tells that they are names."""

from __future__ import annotations

import pytest

from banjia.privacy.engine import Engine

ENGINE = Engine()


def people(text: str, label: str = "") -> list[str]:
    return [text[s.start : s.end] for s in ENGINE.record(text, label=label).spans if s.type == "PERSON"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("麻烦提醒陆军洋先生周一交表", "陆军洋"),
        ("转告王明天女士，货到了", "王明天"),
        ("请周一凡老师看一下", "周一凡"),
        ("高飞女士您好，款已退回", "高飞"),
    ],
)
def test_a_name_before_a_title_may_make_words(text: str, name: str) -> None:
    assert name in people(text)


@pytest.mark.parametrize(
    "text",
    ["单身女士免票", "高中老师开会", "时尚女士都在用", "各位女士您好", "给全体女士发花", "白领女士都喜欢", "和平先生"],
)
def test_words_before_a_title_are_nobody(text: str) -> None:
    assert people(text) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("查一下客户高峰，手机13812345678", "高峰"),
        ("call 客户宋词 (mobile 13812345678)", "宋词"),
        ("护照号E12345678的旅客林立，请登记", "林立"),
        ("客户云天益来电，号码13812345678", "云天益"),
        ("客户姚明刚来电，号码13812345678", "姚明刚"),
        ("员工成雅敏的 laptop 在 36.12.13.14 上线", "成雅敏"),
        ("我叫叶子，住在浙江省杭州市西湖区解放路12号3栋201室", "叶子"),
    ],
)
def test_a_word_behind_a_label_with_a_number_beside_it_is_a_name(text: str, name: str) -> None:
    assert name in people(text)


@pytest.mark.parametrize(
    "text",
    [
        "客户余额，卡号6222021234567890123",
        "客户方面，电话13812345678",
        "用户管理，电话13812345678",
        "客户安全，电话13812345678",
        "员工权益，请发到a@b.com",
        "客户微信和电话都是13812345678",
        "用户成功的团队邮箱a@b.com",
    ],
)
def test_a_word_of_business_behind_a_label_is_nobody_beside_a_number_too(text: str) -> None:
    assert people(text) == []


@pytest.mark.parametrize("name", ["高强", "余子若", "钟军明", "马诗洋"])
def test_a_key_that_says_whose_name_its_value_is_is_enough(name: str) -> None:
    assert people(name, label="contact") == [name]
    assert people(name, label="name") == [name]


def test_a_famous_name_is_somebody_in_private_behind_a_key_or_on_an_errand() -> None:
    assert people("李宁", label="contact") == ["李宁"]
    assert people("提醒李宁先生周三前来") == ["李宁"]
    assert people("李宁", label="brand") == people("李宁的鞋好穿吗") == people("马云先生的演讲") == []


def test_a_given_name_that_a_famous_one_bears_hides_nobody() -> None:
    assert "董墨子" in people("姓名,手机号\n王伟,13812345678\n董墨子,13912345678")


def test_a_label_goes_on_where_the_tagger_has_the_surname_alone() -> None:
    assert "程刚民" in people("护照号E12345678的旅客程刚民，请登记")


@pytest.mark.parametrize("name", ["Grace Moreau", "Rose Okafor"])
def test_a_given_name_that_is_a_word_is_one_behind_a_title(name: str) -> None:
    assert name in people(f"Mr. {name} signed in twice")
