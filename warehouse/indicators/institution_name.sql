-- 字典里的机构在 ESI 中可能印出的英文名（正式名与别名），去掉大小写与标点后的比对键；两所机构共用的名称不算
-- grain: one row per name_key
with names as (
    select
        institution_id,
        name_en as name
    from lake.institutions_dictionary
    union all
    select
        institution_id,
        alias as name
    from lake.institution_aliases_dictionary
),

keys as (
    select distinct
        trim(regexp_replace(upper(name), '([^A-Z0-9]|\bAND\b)+', ' ', 'g')) as name_key,
        institution_id
    from names
    where regexp_matches(name, '[A-Za-z]')
)

select
    name_key,
    min(institution_id) as institution_id
from keys
group by name_key
having count(distinct institution_id) = 1
