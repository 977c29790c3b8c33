"""Texts of our own, on which counts of tokens are compared: the kinds of text that people train on."""

from __future__ import annotations

ENGLISH = """\
My order number 48213 was due on Friday, and it still says "on its way". Could you check where the parcel is? I need it
before the weekend, because it is a present. Thank you!

I am sorry about the wait. The parcel left our warehouse on Thursday evening and reached the sorting centre in Leipzig
this morning. The courier expects to deliver it tomorrow between 9 a.m. and noon. If nobody is at home, it will be left
at the shop on the corner, where you can fetch it for seven days. Is there anything else that I can do for you?

Summarise the report in three sentences. Revenue grew by 12.5 percent to 3.4 million, mostly because returning customers
bought more often. Costs rose as well: energy, transport and two new hires. The board proposes to keep prices stable for
another year and to invest in the website, whose checkout loses one visitor in five.
"""

CHINESE = """\
您好，我上周五下的订单到现在还没有发货，订单号是48213，麻烦帮我查一下是什么原因。
非常抱歉让您久等了。我们查到您的包裹昨天晚上已经从仓库发出，今天上午到达了分拣中心，预计明天中午之前送到您手里。如果您不在家，快递员会把包裹放在小区门口的便利店，您可以在七天之内凭取件码领取。
请把下面这段话改写得更正式一些：这个月的销售额比上个月涨了不少，主要是因为老客户买得更勤快了，不过运费和电费也贵了，所以利润并没有增加多少。
本月销售额较上月有明显增长，主要得益于老客户复购频率的提升；但由于运输成本与能源成本同步上升，整体利润增幅有限。建议下季度继续维护老客户，同时优化物流方案，控制各项费用支出。
"""

CODE = '''\
from collections import defaultdict

def group_by_length(words: list[str], *, limit: int = 10) -> dict[int, list[str]]:
    """Group words by their length, without those that are longer than `limit`."""
    groups = defaultdict(list)
    for index, word in enumerate(words):
        if len(word) <= limit and word.strip() != "":
            groups[len(word)].append(f"{index}: {word!r}")
    return dict(groups)

const total = items.filter((item) => item.price > 0).reduce((sum, item) => sum + item.price * item.count, 0);
if (total >= 100 && !customer.isBlocked) { applyDiscount(customer.id, { rate: 0.05, reason: "volume" }); }

SELECT customers.name, COUNT(*) AS orders FROM customers JOIN orders ON orders.customer_id = customers.id
WHERE orders.created_at >= '2026-01-01' GROUP BY customers.name HAVING COUNT(*) > 3 ORDER BY orders DESC;
'''

MIXED = """\
## 如何调用接口

1. 先安装 SDK：`pip install requests`，Python 版本需要 3.11 以上。
2. 设置环境变量 `API_KEY=sk-…`，然后运行下面的程序：

```python
answer = requests.post(url, json={"model": "qwen3-8b", "messages": messages}, timeout=30)
print(answer.json()["output"]["text"])  # 打印结果
```

If the status is 429, wait a moment and try again; 如果返回 401，请检查 key 是否过期。
Le modèle répond aussi en français.
"""

TEXTS = {"English": ENGLISH, "Chinese": CHINESE, "code": CODE, "mixed": MIXED}
