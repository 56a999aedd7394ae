-- ESI 学科逐年：本校在各学科的发文、主导、被引、CNCI
-- grain: one row per esi_field, publication_year
-- 学科以 ESI 名单为准，其次期刊表；待定的作品不在此表。名单论文数与位次见 marts.esi_field_position
select
    years.entity_id as esi_field,
    fields.name_zh as esi_field_zh,
    years.* exclude (entity_id)
from library.main.entity_year('library.indicators.entity_work', 'field') as years
left join lake.esi_fields_dictionary as fields on years.entity_id = fields.esi_field
