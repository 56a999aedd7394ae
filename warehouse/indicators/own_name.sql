-- 本校在 ESI 里可能印出的英文名（正式名与别名），去掉大小写与标点后的比对键
-- grain: one row per name_key
-- needs: institution_name
select names.name_key
from indicators.institution_name as names
inner join lake.institutions_dictionary as institutions
    on names.institution_id = institutions.institution_id and institutions.kind = 'own'
