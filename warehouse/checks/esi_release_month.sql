-- severity: warn
-- ESI 期不是单月：ESI 每逢单月更新，请核对 batch.yml 里的 esi_period
select distinct period
from indicators.esi_release
where cast(substr(period, 6, 2) as integer) % 2 = 0
