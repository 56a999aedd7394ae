-- 本校人员逐年：产出、主导、被引、CNCI；只供本人核对与评审参考，不作为唯一依据
-- grain: one row per person_id, publication_year
-- needs: person_work
with names as (
    select
        person_id,
        min(name_zh) as name_zh,
        min(person_type) as person_type
    from lake.people
    group by person_id
)

select
    years.entity_id as person_id,
    names.name_zh,
    names.person_type,
    years.* exclude (entity_id)
from library.main.entity_year('marts.person_work', 'person') as years
left join names on years.entity_id = names.person_id
