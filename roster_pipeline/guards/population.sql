-- one row per entity, role and site: how many records are in force; an entity is counted when it is first judged
CREATE OR REPLACE TABLE plan.population (entity VARCHAR, role VARCHAR, site_id VARCHAR, in_force BIGINT)
