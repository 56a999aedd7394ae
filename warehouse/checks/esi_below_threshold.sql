-- severity: fail
-- 某期高被引论文有超过 0.5 % 被引低于同期阈值：名单与阈值很可能不是同一期，请核对 batch.yml 里的 esi_period
with compared as (
    select
        period,
        accession_number,
        citations_esi_count,
        threshold_value,
        avg(case when citations_esi_count < threshold_value then 1.0 else 0.0 end)
            over (partition by period) as below_share
    from marts.esi_paper
    where list_kind = 'highly_cited' and is_member and threshold_value is not null and citations_esi_count is not null
)

select
    period,
    accession_number,
    citations_esi_count,
    threshold_value,
    below_share
from compared
where below_share > 0.005 and citations_esi_count < threshold_value
