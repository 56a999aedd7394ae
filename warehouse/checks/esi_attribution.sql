-- severity: warn
-- ESI 记在本校名下、馆藏记录里却没有本校地址的论文：可能是署名变体未入别名字典，请看该作品的地址判定
select distinct
    papers.accession_number,
    papers.work_id
from marts.esi_paper as papers
inner join marts.work as works on papers.work_id = works.work_id
where papers.is_member and not works.is_own
