-- 计数口径：字典 counting_policy 的通用值，本校字典里写了的以本校为准
-- grain: one row per policy
select
    policy,
    arg_max(value, rowid) as value,
    arg_max(meaning, rowid) as meaning
from lake.counting_policy_dictionary
group by policy
