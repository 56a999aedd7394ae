-- 通用指标行（全校、二级单位、期刊、ESI 学科）：报告里的数都有这样一行
-- grain: one row per entity_type, entity_id, window_id, indicator_id, counting
-- needs: diversity_indicator, patent_indicator
-- entity_type：university | unit 现行结构 | unit_then 署名时的结构 | journal | field；各学院之和可以大于全校
-- 空 = 没有数据或不给（见 status），0 = 查过确是零；口径、单位、公式见字典 indicators
with rows as (
    select *
    from
        library.main.entity_indicator(
            'library.indicators.entity_total', 'library.indicators.entity_h', 'library.indicators.entity_interval'
        )
    union all by name
    select * from marts.patent_indicator
    union all by name
    select * from marts.diversity_indicator
),

journals as (
    select
        journal_id,
        min(coalesce(title_zh, title_en)) as title
    from lake.journals_dictionary
    group by journal_id
)

select
    rows.indicator_id,
    definitions.name_zh as indicator_zh,
    rows.entity_type,
    rows.entity_id,
    case
        when rows.entity_id = 'unresolved' then '未归属学院'
        when rows.entity_type = 'unit' and unit_college.current_status = 'split' then units.name_zh || '（原学部，未分配）'
        else coalesce(units.name_zh, institutions.name_zh, journals.title, fields.name_zh, rows.entity_id)
    end as entity_zh,
    rows.* exclude (indicator_id, entity_type, entity_id)
from rows
inner join lake.indicators_dictionary as definitions on rows.indicator_id = definitions.indicator_id
left join lake.units as units
    on rows.entity_type in ('university', 'unit', 'unit_then') and rows.entity_id = units.unit_id
left join indicators.unit_college as unit_college on rows.entity_type = 'unit' and rows.entity_id = unit_college.unit_id
left join lake.institutions_dictionary as institutions
    on rows.entity_type = 'university' and rows.entity_id = institutions.institution_id
left join journals on rows.entity_type = 'journal' and rows.entity_id = journals.journal_id
left join lake.esi_fields_dictionary as fields on rows.entity_type = 'field' and rows.entity_id = fields.esi_field
