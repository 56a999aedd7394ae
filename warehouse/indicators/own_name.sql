-- 本校在 ESI 里可能印出的英文名（正式名与别名），去掉大小写与标点后的比对键
-- grain: one row per name_key
select distinct trim(regexp_replace(upper(names.name), '[^A-Z0-9]+', ' ', 'g')) as name_key
from (
    select
        institution_id,
        name_en as name
    from lake.institutions_dictionary
    union all
    select
        institution_id,
        alias as name
    from lake.institution_aliases_dictionary
) as names
inner join lake.institutions_dictionary as institutions
    on names.institution_id = institutions.institution_id and institutions.kind = 'own'
where regexp_matches(names.name, '[A-Za-z]')
