-- 作品在被引学科类别上的份额，只含够算多样性的作品
-- grain: one row per group_id, subject_category
-- needs: work_reference
select
    shares.work_id as group_id,
    shares.subject_category,
    shares.references_weight as weight
from lake.reference_categories as shares
inner join indicators.work_reference as counted on shares.work_id = counted.work_id and counted.is_enough
where shares.subject_category is not null
