-- 象限图的点：期刊（全部与各 ESI 学科内）、ESI 学科、二级单位 × 窗口的发文量与影响力
-- grain: one row per entity_type, scope, entity_id, window_id
-- needs: entity_work, work_measure, year_window
-- 只算 WoS 收录而未撤稿的论文与综述：output_count = 篇数（全计数）；citations_per_paper、cnci_mean 只用有值的，没有值即为空
with placed as (
    select
        members.entity_type,
        members.entity_id,
        windows.window_id,
        measures.esi_field,
        measures.citations_wos,
        measures.cnci
    from indicators.entity_work as members
    inner join indicators.work_measure as measures on members.work_id = measures.work_id
    inner join indicators.year_window as windows
        on windows.window_id = 'all' or measures.publication_year between windows.year_from and windows.year_to
    where
        members.entity_type in ('journal', 'field', 'unit')
        and members.entity_id != 'unresolved'
        and measures.is_counted
        and measures.in_wos
),

scoped as (
    select
        *,
        'ALL' as scope
    from placed
    union all
    select
        *,
        esi_field as scope
    from placed
    where entity_type = 'journal' and esi_field is not null
)

select
    entity_type,
    scope,
    entity_id,
    window_id,
    count(*) as output_count,
    count(citations_wos) as cited_count,
    avg(citations_wos) as citations_per_paper,
    count(cnci) as cnci_count,
    avg(cnci) as cnci_mean
from scoped
group by entity_type, scope, entity_id, window_id
