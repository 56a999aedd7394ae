-- 学科与期刊象限：高产高引、高产低引、低产高引、低产低引；同时给 CNCI 口径的一份，两者不一致的标出
-- grain: one row per entity_type, scope, entity_id, window_id, mode
-- 压线的都算在内（≥）；篇数不足 n_min 的画空心；没有被引数据的不归类（空）。篇均被引新旧混合，宜与 CNCI 口径同看
with placed as (
    select
        points.*,
        marks.mode,
        marks.mode_used,
        marks.output_mark,
        marks.impact_mark,
        marks.cnci_mark,
        points.output_count < marks.n_min as is_hollow,
        points.output_count >= marks.output_mark as is_productive,
        points.citations_per_paper >= marks.impact_mark as is_cited,
        points.cnci_mean >= marks.cnci_mark as is_cited_normalised
    from indicators.quadrant_point as points
    inner join indicators.quadrant_mark as marks
        on
            points.entity_type = marks.entity_type
            and points.scope = marks.scope
            and points.window_id = marks.window_id
),

journals as (
    select
        journal_id,
        min(coalesce(title_zh, title_en)) as title
    from lake.journals_dictionary
    group by journal_id
)

select
    placed.entity_type,
    placed.scope,
    placed.entity_id,
    coalesce(
        case when placed.entity_id = 'unresolved' then '未归属学院' end,
        units.name_zh, journals.title, fields.name_zh, placed.entity_id
    ) as entity_zh,
    placed.window_id,
    placed.mode,
    placed.mode_used,
    placed.output_count,
    placed.citations_per_paper,
    placed.cnci_mean,
    case when is_productive then '高产' else '低产' end || case when is_cited then '高引' when not is_cited then '低引' end
        as quadrant,
    case when is_productive then '高产' else '低产' end
    || case when is_cited_normalised then '高引' when not is_cited_normalised then '低引' end as quadrant_normalised,
    is_cited != is_cited_normalised as is_disagreeing,
    placed.is_hollow,
    placed.cited_count,
    placed.cnci_count,
    placed.output_mark,
    placed.impact_mark,
    placed.cnci_mark
from placed
left join lake.units as units on placed.entity_type = 'unit' and placed.entity_id = units.unit_id
left join journals on placed.entity_type = 'journal' and placed.entity_id = journals.journal_id
left join lake.esi_fields_dictionary as fields on placed.entity_type = 'field' and placed.entity_id = fields.esi_field
