-- 本校
-- grain: one row per institution_id
select
    institution_id,
    name_zh as institution_name_zh,
    name_en as institution_name_en
from lake.institutions_dictionary
where kind = 'own'
