-- 本校高被引与热点论文逐期：被引与阈值、变化、掉出原因
-- grain: one row per period, list_kind, paper_key
-- 掉出的论文记在它已不在名单的那一期（is_member = false），题录与被引取自上一归档期（data_period）
-- 热点阈值不在导出中：热点论文没有 threshold_value
with papers as (
    select
        changes.period,
        changes.list_kind,
        changes.paper_key,
        changes.is_member,
        changes.change,
        changes.previous_period,
        changes.data_period,
        changes.drop_reason,
        changes.threshold_now,
        changes.new_field,
        own.accession_number,
        own.work_id,
        own.join_basis,
        own.attribution_basis,
        own.title as title_esi,
        own.source_text,
        own.doi,
        own.esi_field,
        own.citations_esi_count,
        own.publication_year,
        own.source_file,
        own.source_row
    from indicators.esi_change as changes
    inner join indicators.esi_own_paper as own
        on
            changes.data_period = own.period
            and changes.list_kind = own.list_kind
            and changes.paper_key = own.paper_key
)

select
    papers.period,
    papers.list_kind,
    papers.paper_key,
    papers.accession_number,
    papers.doi,
    papers.work_id,
    papers.join_basis,
    papers.attribution_basis,
    coalesce(works.title, papers.title_esi) as title,
    coalesce(works.venue, papers.source_text) as venue,
    papers.publication_year,
    papers.esi_field,
    fields.name_zh as esi_field_zh,
    papers.is_member,
    papers.change,
    papers.previous_period,
    papers.data_period,
    papers.citations_esi_count,
    thresholds.threshold_value,
    papers.citations_esi_count / nullif(thresholds.threshold_value, 0) as threshold_ratio,
    papers.drop_reason,
    papers.threshold_now,
    case papers.drop_reason
        when 'window' then '出版年已移出统计窗口'
        when 'retracted' then '论文已撤稿'
        when 'attribution' then '仍在名单中，但 ESI 机构栏不再有本校'
        when 'field_moved' then '学科改划为' || coalesce(new_fields.name_zh, papers.new_field)
        when 'below_threshold' then '被引低于本期阈值'
        when 'unknown' then
            case papers.list_kind
                when 'hot' then '热点逐期变动，导出不含热点阈值，原因不推断'
                else '现有数据不足以判断原因'
            end
    end as drop_reason_zh,
    papers.source_file,
    papers.source_row
from papers
left join lake.works as works on papers.work_id = works.work_id
left join lake.esi_fields_dictionary as fields on papers.esi_field = fields.esi_field
left join lake.esi_fields_dictionary as new_fields on papers.new_field = new_fields.esi_field
left join lake.esi_thresholds as thresholds
    on
        papers.list_kind = 'highly_cited'
        and papers.data_period = thresholds.period
        and papers.esi_field = thresholds.esi_field
        and thresholds.threshold_kind = 'highly_cited'
        and papers.publication_year = thresholds.threshold_year
